import type { Dashboard } from '../../model/dashboard.ts';

/** What a dashboard is for. */
export type Purpose = 'slo' | 'business' | 'executive' | 'service' | 'datastore' | 'infrastructure' | 'logs' | 'other';

/** Words that tell, in titles, tags and descriptions (`said`) and in queries (`asked`). */
const SIGNS: readonly (readonly [Purpose, { readonly said: RegExp; readonly asked?: RegExp }])[] = [
  [
    'slo',
    {
      said: /\b(?:slos?|slis?|slas?|service[- ]levels?|error budgets?|burn[- ]rates?|objectives?)\b/i,
      asked: /\b(?:slo|sli)[:_]|burn_?rate|error_budget/i,
    },
  ],
  [
    'business',
    {
      said: /\b(?:business|revenue|sales|turnover|conversions?|customers?|sign-?ups?|subscriptions?|kpis?|bookings?)\b/i,
      asked: /\b\w*(?:revenue|orders?_(?:placed|total|count)|conversion|signups?|purchases?)\w*/i,
    },
  ],
  ['executive', { said: /\b(?:executive|management|stakeholders?|board|company|overall health)\b/i }],
  [
    'datastore',
    {
      said: /\b(?:databases?|postgres(?:ql)?|mysql|mariadb|mongodb?|redis|memcached|cassandra|elasticsearch|opensearch|clickhouse|etcd|kafka|rabbitmq|queues?)\b/i,
      asked: /\b(?:pg|postgres|mysql|mongodb|redis|memcached|cassandra|elasticsearch|kafka|rabbitmq|etcd)_\w+/i,
    },
  ],
  [
    'infrastructure',
    {
      said: /\b(?:nodes?|hosts?|kubernetes|k8s|clusters?|namespaces?|pods?|kubelet|infrastructure|linux|windows|network|storage|docker|containers?)\b/i,
      asked: /\b(?:node|kube|container|kubelet|windows|machine|cadvisor)_\w+/i,
    },
  ],
  [
    'service',
    {
      said: /\b(?:services?|apis?|apm|red|requests?|latenc(?:y|ies)|endpoints?|routes?|microservices?|applications?|golden signals?)\b/i,
      asked: /\b\w*(?:http|grpc|rpc|request)s?_\w*(?:duration|latency|total|count|seconds)\w*/i,
    },
  ],
];
const TITLE = 4;
const WORDS = 1;
const QUERIES = 3;

/**
 * What a dashboard is for, by its words and by what its queries ask. Good for the usual kinds; a page that mixes several is what most of
 * it is.
 * @param dashboard in the one model
 * @returns `logs` where most panels show logs; `other` when nothing tells
 * @example purposeOf({ title: 'Checkout SLO', tags: [], widgets: [] }) // => 'slo'
 */
export function purposeOf(dashboard: Pick<Dashboard, 'title' | 'tags' | 'widgets'> & { readonly description?: string }): Purpose {
  const { title, tags, description, widgets } = dashboard;
  const shown = widgets.filter(widget => widget.kind !== 'text');
  if (shown.length > 0 && shown.filter(widget => widget.kind === 'log').length * 2 > shown.length) return 'logs';
  const panels = Math.max(1, shown.length);
  let best: { readonly purpose: Purpose; readonly weight: number } = { purpose: 'other', weight: 0 };
  for (const [purpose, { said, asked }] of SIGNS) {
    const named = said.test(title) ? TITLE : said.test([...tags, description ?? ''].join(' ')) ? TITLE / 2 : 0;
    const worded = (shown.filter(widget => said.test(widget.title)).length / panels) * WORDS;
    const queried = asked ? (shown.filter(widget => widget.queries.some(query => asked.test(query.text))).length / panels) * QUERIES : 0;
    const weight = named + worded + queried;
    if (weight > best.weight + 1e-9) best = { purpose, weight };
  }
  return best.weight >= 0.3 ? best.purpose : 'other';
}
