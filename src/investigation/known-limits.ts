import { parseExpression } from '../analysis/metrics/expression/parse.ts';
import { wholePattern } from '../analysis/metrics/expression/pattern.ts';
import type { Expression, Matcher, Selector } from '../analysis/metrics/expression/tree.ts';
import type { StaticThreshold } from '../analysis/metrics/verdict.ts';
import type { Answer } from '../model/answer.ts';
import type { Dashboard, Widget } from '../model/dashboard.ts';
import type { Labels } from '../model/series.ts';
import type { Io, Source } from '../model/source.ts';
import type { Context } from '../model/tool.ts';
import { askEach } from './fan-out.ts';
import type { Gauge } from './gauges.ts';

/** A limit that people wrote down: on a dashboard, or as the rule of an alert. */
export interface KnownLimit {
  /** Only series of this source. @default all */
  readonly source?: string;
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  /** Of the counter's rate per second instead of the value. */
  readonly rate: boolean;
  readonly threshold: StaticThreshold;
}

const MOST_LIMITS = 300;
const MOST_DASHBOARDS = 30;
/** A source shortens what a rule says beyond this. */
const LONGEST_RULE = 200;
const RATES = new Set(['rate', 'irate']);
const MIRRORED: Readonly<Record<string, string>> = { '>': '<', '>=': '<=', '<': '>', '<=': '>=' };

/**
 * Limits of the alert rules and dashboards of every source, as far as they are about single series: the value of a metric, or its rate. What
 * aggregates, compares two metrics or is only an editor's default is left out. Sources that fail are too: nobody asked for them here.
 */
export async function knownLimits(context: Pick<Context, 'sources'> & Io): Promise<readonly KnownLimit[]> {
  const { answers } = await askEach(
    context.sources,
    source => (source.dashboards || (source.alerts && source.metrics) ? source : undefined),
    source => limitsOf(source, context),
    context,
  );
  const distinct = new Map(answers.flatMap(({ answer }) => answer.data).map(limit => [keyOf(limit), limit]));
  return [...distinct.values()].slice(0, MOST_LIMITS);
}

function keyOf({ source, metric, matchers, rate, threshold }: KnownLimit): string {
  return JSON.stringify([
    source,
    metric,
    matchers.map(({ label, op, value }) => label + op + value),
    rate,
    threshold.value,
    threshold.above,
  ]);
}

async function limitsOf(source: Source, context: Io): Promise<Answer<readonly KnownLimit[]>> {
  const limits: KnownLimit[] = [];
  const { alerts, metrics, dashboards } = source;
  const rules = alerts && metrics ? await source.describe(undefined, context) : undefined;
  for (const { signal, name, detail } of rules?.data.items ?? []) {
    if (signal !== 'alerts' || detail === undefined || detail.length >= LONGEST_RULE) continue;
    // A rule watches its own server's series.
    limits.push(...limitsOfRule(name, detail).map(limit => ({ ...limit, source: source.id })));
  }
  const listed = dashboards ? await dashboards.list(undefined, context) : undefined;
  for (const { id } of listed?.data.slice(0, MOST_DASHBOARDS) ?? []) {
    if (limits.length >= MOST_LIMITS) break;
    limits.push(...limitsOfDashboard((await dashboards!.read(id, context)).data));
  }
  return { ...(listed ?? rules)!, data: limits };
}

/** The limit of an alert rule such as `metric{label="value"} > 5` or `rate(metric[5m]) > 5`; of several joined by `or`, each. */
export function limitsOfRule(name: string, rule: string): KnownLimit[] {
  return limitsIn(parsed(rule), `the limit of the alert rule "${name}"`);
}

function limitsIn(tree: Expression | undefined, label: string): KnownLimit[] {
  if (tree?.kind !== 'binary') return [];
  if (tree.op === 'or') return [...limitsIn(tree.left, label), ...limitsIn(tree.right, label)];
  const [op, of, limit] = tree.left.kind === 'number' ? [MIRRORED[tree.op], tree.right, tree.left] : [tree.op, tree.left, tree.right];
  if (op === undefined || !Object.hasOwn(MIRRORED, op) || limit.kind !== 'number' || !Number.isFinite(limit.value)) return [];
  const watched = watchedBy(of);
  return watched ? [{ ...watched, threshold: { value: limit.value, above: op.startsWith('>'), label } }] : [];
}

/** Limits that somebody set on panels which show series as they are. */
export function limitsOfDashboard(dashboard: Dashboard): KnownLimit[] {
  return dashboard.widgets.flatMap(widget => {
    const set = widget.thresholds.filter(
      one => !one.byDefault && !one.unseen && !one.percent && one.until === undefined && one.series === undefined,
    );
    // The worst one is the limit; colours on the way there are not.
    const worst = [...set].sort((a, b) => severityOf(b.severity) - severityOf(a.severity))[0];
    if (!worst || widget.transforms.length > 0) return [];
    const threshold = { value: worst.value, above: worst.side === 'above', label: labelOf(widget, dashboard) };
    return widget.queries.flatMap(query => {
      if (query.hidden || query.language !== 'promql') return [];
      const watched = watchedBy(parsed(query.text));
      return watched ? [{ ...watched, threshold }] : [];
    });
  });
}

function labelOf(widget: Widget, dashboard: Dashboard): string {
  return `the limit of panel "${widget.title}" on dashboard "${dashboard.title}"`;
}

function severityOf(severity: 'warning' | 'critical' | 'unknown'): number {
  return severity === 'critical' ? 2 : severity === 'warning' ? 0 : 1;
}

/** What is no expression of ours is no limit of one series. */
function parsed(text: string): Expression | undefined {
  try {
    return parseExpression(text.replace(/\[\s*(?:\$\w+|\$\{\w+(?::\w+)?\})\s*(?=[:\]])/g, '[5m'));
  } catch {
    return undefined;
  }
}

function watchedBy(tree: Expression | undefined): Omit<KnownLimit, 'threshold'> | undefined {
  if (tree?.kind === 'selector') return selected(tree, false);
  const [of] = tree?.kind === 'call' && RATES.has(tree.name) ? tree.args : [];
  return of?.kind === 'selector' ? selected(of, true) : undefined;
}

function selected({ name, matchers, offset }: Selector, rate: boolean): Omit<KnownLimit, 'threshold'> | undefined {
  if (name === undefined || offset !== 0) return undefined;
  // A variable stands for whatever is chosen.
  return { metric: name, rate, matchers: matchers.filter(({ label, value }) => label !== '__name__' && !value.includes('$')) };
}

/** Limits that hold for a series. */
export function limitsFor(
  { series, source, rate }: Pick<Gauge, 'series' | 'source' | 'rate'>,
  limits: readonly KnownLimit[],
): StaticThreshold[] {
  return limits
    .filter(limit => limit.metric === series.name && limit.rate === rate && (limit.source ?? source) === source)
    .filter(({ matchers }) => matchers.every(one => matches(one, series.labels)))
    .map(({ threshold }) => threshold);
}

function matches({ label, op, value }: Matcher, labels: Labels): boolean {
  const own = labels[label] ?? '';
  if (op === '=' || op === '!=') return (own === value) === (op === '=');
  return wholePattern(value, { at: 0 }).test(own) === (op === '=~');
}
