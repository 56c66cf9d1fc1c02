import type { Labels } from '../../src/model/series.ts';

/** Telemetry of a small shop over twenty minutes, computed, the same at every run: what every source of the contract holds. */
export const START = Date.UTC(2026, 2, 1, 10);
export const MINUTE = 60_000;
export const END = START + 20 * MINUTE;
/** The present of the contract: some minutes after the last record. */
export const NOW = START + 25 * MINUTE;
const STEP = 15_000;

export interface Told {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly labels: Labels;
  readonly t: readonly number[];
  readonly v: readonly number[];
}

/** Rows where `keep` holds, `value` of the row's number. */
function told(
  name: string,
  type: Told['type'],
  labels: Labels,
  value: (i: number) => number,
  keep: (i: number) => boolean = () => true,
): Told {
  const rows = Array.from({ length: (END - START) / STEP }, (_, i) => i).filter(keep);
  return { name, type, labels, t: rows.map(i => START + i * STEP), v: rows.map(value) };
}

const SERVICES = ['cart', 'checkout', 'payment'];

/** Alerts that fired, in minutes from the start; the last one still does. */
export const FIRED = [
  { alertname: 'HighErrorRate', service: 'checkout', severity: 'page', from: 8, to: 14 },
  { alertname: 'PodRestarted', service: 'cart', severity: 'ticket', from: 12, to: 13 },
  { alertname: 'QueueFull', service: 'checkout', severity: 'page', from: 16, to: 20 },
] as const;

/** An alert as the server that evaluates its rule writes it down: while it fires, and since when. */
function fired({ from, to, ...labels }: (typeof FIRED)[number]): Told[] {
  const during = (i: number) => i >= from * 4 && i < to * 4;
  return [
    told('ALERTS', 'gauge', { ...labels, alertstate: 'firing' }, () => 1, during),
    told('ALERTS_FOR_STATE', 'gauge', labels, () => START / 1000 + from * 60, during),
  ];
}

export const SERIES: readonly Told[] = [
  ...SERVICES.flatMap((service, n) => [
    told('http_requests_total', 'counter', { service, code: '200' }, i => 100 * n + 30 * (i + 1) + (i % 4)),
    told('http_requests_total', 'counter', { service, code: '500' }, i => (service === 'checkout' && i > 30 ? 7 * (i - 30) : 0) + n),
  ]),
  told('queue_depth', 'gauge', { service: 'checkout' }, i => (i > 28 ? 40 + (i % 7) : 3 + (i % 3))),
  // One pod was away for two minutes.
  told(
    'memory_bytes',
    'gauge',
    { service: 'cart', pod: 'cart-0' },
    i => 2 ** 27 + 1024 * i,
    i => i < 40 || i >= 48,
  ),
  told('memory_bytes', 'gauge', { service: 'cart', pod: 'cart-1' }, i => 2 ** 27 + 4096 * (i % 5)),
  ...FIRED.flatMap(fired),
];

/** Samples of a metric. */
export function rowsOf(metric: string): number {
  return SERIES.filter(({ name }) => name === metric).reduce((sum, { t }) => sum + t.length, 0);
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');
}

export function openMetrics(series: readonly Told[] = SERIES): string {
  const lines: string[] = [];
  for (const name of new Set(series.map(one => one.name))) {
    const members = series.filter(one => one.name === name);
    const { type } = members[0]!;
    lines.push(`# TYPE ${type === 'counter' ? name.replace(/_total$/, '') : name} ${type}`);
    for (const { labels, t, v } of members) lines.push(...t.map((at, i) => `${name}{${labelText(labels)}} ${v[i]} ${at / 1000}`));
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

/** JSON lines of VictoriaMetrics. */
export function importLines(series: readonly Told[] = SERIES): string {
  return series
    .map(({ name, labels, t, v }) => JSON.stringify({ metric: { __name__: name, ...labels }, values: v, timestamps: t }))
    .join('\n');
}

/** Alerts as Alertmanager takes them; they go on firing. */
export const POSTED_ALERTS = FIRED.map(({ from, to: _over, ...labels }) => ({
  labels,
  annotations: { summary: `${labels.alertname} of ${labels.service}` },
  startsAt: new Date(START + from * MINUTE).toISOString(),
  endsAt: '2040-01-01T00:00:00.000Z',
}));

const stamp = (t: number) => new Date(t).toISOString();
const rows = (n: number, row: (i: number) => object) => `${Array.from({ length: n }, (_, i) => JSON.stringify(row(i))).join('\n')}\n`;

/** The same shop as an incident bundle. */
export function bundle(): Record<string, string> {
  const service = (i: number) => SERVICES[i % SERVICES.length]!;
  const log = (i: number) => {
    const bad = i > 120 && service(i) === 'checkout';
    return `${stamp(START + i * 5_000)} ${bad ? 'ERROR' : 'INFO'} ${bad ? 'payment refused' : 'order stored'} order=${i}`;
  };
  const spans = Array.from({ length: 60 }, (_, i) => ({
    traceId: (i >> 1).toString(16).padStart(32, '0'),
    spanId: (i + 1).toString(16).padStart(16, '0'),
    ...(i % 2 ? { parentSpanId: i.toString(16).padStart(16, '0') } : {}),
    name: i % 2 ? 'POST /pay' : 'POST /order',
    kind: i % 2 ? 2 : 2,
    startTimeUnixNano: `${START + i * 20_000}000000`,
    endTimeUnixNano: `${START + i * 20_000 + 100 + i}000000`,
  }));
  const resource = (name: string, own: readonly object[]) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: name } }] },
    scopeSpans: [{ spans: own }],
  });
  return {
    ...Object.fromEntries(
      SERVICES.map((name, n) => [`logs/${name}/${name}-0.log`, Array.from({ length: 80 }, (_, i) => log(3 * i + n)).join('\n')]),
    ),
    'metrics/shop.om': openMetrics(SERIES.filter(({ name }) => !name.startsWith('ALERTS'))),
    'traces/spans.json': `${JSON.stringify({
      resourceSpans: [
        resource(
          'checkout',
          spans.filter((_, i) => i % 2 === 0),
        ),
        resource(
          'payment',
          spans.filter((_, i) => i % 2 === 1),
        ),
      ],
    })}\n`,
    'alerts/alerts.json': JSON.stringify(
      FIRED.map(({ alertname, service, severity, from, to }) => ({
        id: alertname,
        name: alertname,
        startsAt: stamp(START + from * MINUTE),
        ...(to < 20 ? { endsAt: stamp(START + to * MINUTE) } : {}),
        severity,
        labels: { service },
      })),
    ),
    'changes/changes.jsonl': rows(60, i => ({
      time: stamp(START + i * 20_000),
      kind: 'deploy',
      service: service(i),
      summary: `release ${i}`,
      version: `1.${i}`,
    })),
    'dashboards/shop.json': JSON.stringify({
      uid: 'shop-overview',
      title: 'Shop overview',
      schemaVersion: 39,
      panels: [
        {
          id: 1,
          type: 'timeseries',
          title: 'Requests',
          gridPos: { x: 0, y: 0, w: 12, h: 8 },
          targets: [{ refId: 'A', expr: 'sum by (service) (rate(http_requests_total[5m]))' }],
        },
      ],
    }),
    'catalog/catalog-info.yaml': SERVICES.map(
      name => `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\nspec:\n  type: service\n  owner: shop\n`,
    ).join('---\n'),
    'topology/topology.json': JSON.stringify({
      nodes: SERVICES.map(id => ({ id })),
      edges: [
        { from: 'checkout', to: 'payment' },
        { from: 'checkout', to: 'cart' },
      ],
    }),
  };
}
