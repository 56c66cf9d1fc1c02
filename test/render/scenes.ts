import type { Mark, Widget, WidgetThreshold } from '../../src/model/dashboard.ts';
import type { Labels, Series } from '../../src/model/series.ts';
import type { DashboardPicture, PanelPicture } from '../../src/render/picture.ts';

/** Everything here is made up, from a seed; the pictures show what each kind of panel does with it. */
export const START = Date.UTC(2026, 2, 3, 10, 0, 0);
export const END = START + 60 * 60_000;
const ONSET = START + 38 * 60_000;
const RECOVERY = START + 52 * 60_000;

export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export function widget(kind: Widget['kind'], title: string, more: Partial<Widget> = {}): Widget {
  return {
    id: title.toLowerCase().replaceAll(/\W+/g, '-'),
    path: [],
    title,
    kind,
    nativeType: kind,
    place: { x: 0, y: 0, width: 12, height: 8 },
    queries: [],
    thresholds: [],
    unit: '',
    transforms: [],
    unsupported: [],
    ...more,
  };
}

export function threshold(value: number, more: Partial<WidgetThreshold> = {}): WidgetThreshold {
  return { value, side: 'above', severity: 'critical', style: 'line', origin: 'fieldConfig', byDefault: false, ...more };
}

export function series(
  name: string,
  unit: string,
  value: (t: number, i: number) => number,
  options: { step?: number; labels?: Labels } = {},
): Series {
  const { step = 30_000, labels = {} } = options;
  const n = Math.round((END - START) / step);
  const t = Float64Array.from({ length: n }, (_, i) => START + i * step);
  return { name, unit, labels, entity: { kind: 'service', name }, t, v: t.map((at, i) => value(at, i)) };
}

/** Calm until the onset, then this many times as much until the recovery. */
export function wave(seed: number, level: number, factor = 1, noise = 0.1): (t: number) => number {
  const random = seeded(seed);
  return t => level * (1 + 0.12 * Math.sin((t - START) / 500_000) + noise * (random() - 0.5)) * (t >= ONSET && t < RECOVERY ? factor : 1);
}

export const marks: readonly Mark[] = [
  { kind: 'incident', label: 'incident', window: { start: ONSET, end: RECOVERY } },
  { kind: 'change', label: 'deploy of ledger 2.4.1', window: { start: ONSET - 4 * 60_000, end: ONSET - 4 * 60_000 + 1 } },
  { kind: 'alert', label: 'Front is slow', window: { start: ONSET + 2 * 60_000, end: RECOVERY } },
];

const anomaly: Mark = { kind: 'anomaly', label: 'p99 far above its usual course', window: { start: ONSET, end: RECOVERY } };

const latencies = [
  series('p50', 's', wave(1, 0.021, 2)),
  series('p95', 's', wave(2, 0.12, 4)),
  series('p99', 's', wave(3, 0.31, 4.5, 0.3)),
];

const gappy = series('one', '{request}/s', (t, i) => (i > 45 && i < 55 ? Number.NaN : wave(4, 320, 0.4)(t)));

const routes = [
  '/',
  '/cart',
  '/orders',
  '/orders/{id}',
  '/payments',
  '/catalog',
  '/catalog/{id}',
  '/search',
  '/login',
  '/logout',
  '/health',
  '/metrics',
  '/static/app.js',
  '/static/app.css',
];

const hours = (n: number) => n * 3600;

export const panels: Readonly<Record<string, PanelPicture>> = {
  lines: {
    widget: widget('timeseries', 'Latency of the front', { unit: 's', thresholds: [threshold(1, { label: 'SLO', severity: 'critical' })] }),
    series: latencies,
    marks: [anomaly],
  },
  'single line with a gap': { widget: widget('timeseries', 'Requests', { unit: '{request}/s' }), series: [gappy] },
  'many series': {
    widget: widget('timeseries', 'Requests by route', { unit: '{request}/s' }),
    series: Array.from({ length: 26 }, (_, i) =>
      series(
        `${routes[i % routes.length]} ${i >= routes.length ? 'POST' : 'GET'}`,
        '{request}/s',
        wave(10 + i, 5 + 3 * i, i === 3 ? 3 : 1),
      ),
    ),
  },
  'stacked area': {
    widget: widget('timeseries', 'Memory by service', { unit: 'By', stacked: true }),
    series: ['front', 'cart', 'ledger', 'ledger-db'].map((name, i) =>
      series(name, 'By', wave(40 + i, (i + 1) * 180 * 2 ** 20, i === 2 ? 1.6 : 1, 0.02)),
    ),
  },
  bars: {
    widget: widget('bar', 'Errors per minute', { unit: '', thresholds: [threshold(40, { severity: 'warning', style: 'area' })] }),
    series: ['500', '503'].map((name, i) =>
      series(name, '', t => Math.round(Math.max(0, wave(50 + i, 8 + 4 * i, 5, 1)(t))), { step: 60_000 }),
    ),
  },
  'log axis': {
    widget: widget('timeseries', 'Queue length', { logarithmic: true, thresholds: [threshold(1000, { severity: 'warning' })] }),
    series: [series('mails', '', wave(60, 12, 900, 0.6)), series('invoices', '', wave(61, 150, 8, 0.6))],
  },
  'stacked log axis': {
    widget: widget('timeseries', 'Bytes', { unit: 'By', logarithmic: true, stacked: true }),
    series: [series('in', 'By', wave(62, 2e4, 30)), series('out', 'By', wave(63, 4e3, 900))],
  },
  'two units': {
    widget: widget('timeseries', 'Throughput and waiting'),
    series: [series('received', 'By/s', wave(70, 3.2 * 2 ** 20, 0.5)), series('waiting', 'ms', wave(71, 14, 20))],
  },
  'threshold area and far threshold': {
    widget: widget('timeseries', 'CPU', {
      unit: '%',
      min: 0,
      max: 100,
      thresholds: [threshold(80, { style: 'area', severity: 'critical' }), threshold(60, { severity: 'warning' })],
    }),
    series: [series('node-1', '%', wave(80, 34, 2.5)), series('node-2', '%', wave(81, 30))],
  },
  'flat line far from its limit': {
    widget: widget('timeseries', 'Open files', { thresholds: [threshold(65_536, { label: 'ulimit' })] }),
    series: [series('front', '', () => 210)],
    marks: [{ kind: 'change', label: 'limit raised', window: { start: START + 600_000, end: START + 600_001 } }],
  },
  stat: {
    widget: widget('stat', 'Failed requests', { unit: '%', thresholds: [threshold(5), threshold(1, { severity: 'warning' })] }),
    series: [series('failed', '%', wave(90, 0.4, 9))],
  },
  'several stats': {
    widget: widget('stat', 'Uptime', { unit: 's' }),
    series: ['front', 'cart', 'ledger', 'ledger-db'].map((name, i) => series(name, 's', t => hours(40 * i * i + 2) + (t - START) / 1000)),
  },
  'more stats than fit': {
    widget: widget('stat', 'Replicas of everything'),
    series: Array.from({ length: 40 }, (_, i) => series(`deployment ${i}`, '', () => i)),
  },
  gauge: {
    widget: widget('gauge', 'Connections in use', {
      unit: '%',
      min: 0,
      max: 100,
      thresholds: [threshold(75, { severity: 'warning' }), threshold(90)],
    }),
    series: [series('pool', '%', wave(91, 30, 1)), series('replica pool', '%', wave(92, 78, 1))],
  },
  'bar gauge': {
    widget: widget('bargauge', 'Disk used', {
      unit: '%',
      min: 0,
      max: 100,
      thresholds: [threshold(85), threshold(70, { severity: 'warning' })],
    }),
    series: ['/', '/var/lib/postgresql', '/var/log', '/home', '/tmp', '/boot'].map((name, i) =>
      series(name, '%', wave(100 + i, 92 - 14 * i, 1, 0.01)),
    ),
  },
  table: {
    widget: widget('table', 'Endpoints', { unit: 'ms', thresholds: [threshold(250)] }),
    series: routes.map((name, i) => series(`GET ${name}`, 'ms', wave(110 + i, 20 + 9 * i, i % 5 === 2 ? 6 : 1))),
  },
  'table of rows': {
    widget: widget('table', 'Slowest statements'),
    series: [],
    rows: [
      { statement: 'SELECT balance FROM accounts WHERE id = $1 FOR UPDATE', calls: 1840, 'mean ms': 812.4, rows: 1840 },
      { statement: 'UPDATE accounts SET balance = balance - $1 WHERE id = $2', calls: 903, 'mean ms': 455.1, rows: 903 },
      { statement: 'INSERT INTO journal (account, amount, note) VALUES ($1, $2, $3)', calls: 12_411, 'mean ms': 3.2, rows: 12_411 },
    ],
  },
  heatmap: {
    widget: widget('heatmap', 'Latency distribution', { unit: 's' }),
    series: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, Number.POSITIVE_INFINITY].map((le, i) =>
      series(
        `le ${le}`,
        '',
        t => {
          const share = (
            t >= ONSET && t < RECOVERY ? [1, 3, 8, 15, 24, 38, 60, 82, 96, 100] : [4, 22, 55, 80, 92, 97, 99, 99.6, 99.9, 100]
          )[i]!;
          return share * (1 + 0.2 * Math.sin(t / 900_000));
        },
        { step: 30_000, labels: { le: Number.isFinite(le) ? String(le) : '+Inf' } },
      ),
    ),
  },
  histogram: {
    widget: widget('histogram', 'Sizes of responses', { unit: 'By' }),
    series: [
      series(
        'responses',
        'By',
        (_t, i) => 20_000 + 9_000 * (seeded(i * 7919 + 3)() + seeded(i * 104_729 + 5)() + seeded(i * 1_299_709 + 11)()),
      ),
    ],
  },
  pie: {
    widget: widget('pie', 'Requests by status'),
    series: ['200', '304', '404', '500', '503', '201', '429', '301', '302', '400'].map((name, i) =>
      series(name, '', () => Math.round(4000 / (i + 1) ** 2)),
    ),
  },
  state: {
    widget: widget('state', 'Health', { thresholds: [threshold(1, { severity: 'critical', side: 'below' })] }),
    series: ['front', 'cart', 'ledger', 'ledger-db'].map((name, i) =>
      series(name, '', t => (i >= 2 && t >= ONSET && t < RECOVERY ? 0 : 1), { step: 60_000 }),
    ),
  },
  'state without thresholds': {
    widget: widget('state', 'Leader'),
    series: ['raft-1', 'raft-2'].map((name, i) => series(name, '', t => Math.floor((t - START) / 900_000 + i) % 3, { step: 60_000 })),
  },
  text: {
    widget: widget('text', 'About', {
      text: '## On call\nFirst look at **Latency of the front**, then at the [ledger](https://example.test/runbooks/ledger).\n\n- Slow *and* failing: the ledger-db holds locks.\n- Slow only: `GET /catalog` scans.\n\nThis sentence is much longer than the panel is wide and so it has to go on in the next line, where there is room for the rest of it.',
    }),
    series: [],
  },
  log: {
    widget: widget('log', 'Journal of the ledger'),
    series: [],
    rows: [
      {
        time: '10:38:02',
        level: 'ERROR',
        message:
          'statement timeout after 3000 ms: SELECT balance FROM accounts WHERE id = 4711 FOR UPDATE, transaction 90341 rolled back after 3 attempts',
      },
      { time: '10:38:03', level: 'WARN', message: 'pool is empty, 14 wait' },
      { time: '10:38:03', level: 'INFO', message: 'booked entry 1288' },
      { time: '10:38:04', level: 'ERROR', message: '<script>alert("not markup & not obeyed")</script>' },
    ],
  },
  alarms: {
    widget: widget('alarm', 'Alerts'),
    series: [],
    rows: [
      { state: 'firing', name: 'Front is slow', since: '10:40' },
      { state: 'pending', name: 'Pool of the ledger is nearly empty', since: '10:41' },
      { state: 'ok', name: 'Disk of ledger-db', since: 'Mar 02' },
    ],
  },
  'no data': {
    widget: widget('timeseries', 'Replication lag'),
    series: [],
    note: 'No source knows the metric pg_replication_lag_seconds; the nearest is pg_replication_is_replica.',
  },
  other: {
    widget: widget('other', 'Where requests come from', { nativeType: 'geomap', unsupported: ['maps are not drawn'] }),
    series: [series('x', '', () => 1)],
  },
  letters: {
    widget: widget('timeseries', 'Ελληνικά · Кириллица · Żółć · Ñandú — “quotes” → ≥ ± µ ∑ √ ∞ 中文 日本語のタイトルです 😀 🚀', {
      unit: 's',
    }),
    series: [
      series('λ → μ (Δ ≥ 0,5)', 's', wave(120, 0.2)),
      series('задержка', 's', wave(121, 0.3)),
      series('遅延', 's', wave(122, 0.4)),
      series('a‮txt.exe​ & <b>"x"</b>', 's', wave(123, 0.5)),
    ],
  },
  'long names': {
    widget: widget('timeseries', `A title that is far too long for its panel, ${'and goes on and on, '.repeat(12)}until it ends`, {
      unit: 'By/s',
    }),
    series: [0, 1].map(i =>
      series(
        `rate(container_network_receive_bytes_total{namespace="shop",pod="front-7c9f8b5d4-x2x${i}k",interface="eth0"}[1m])`,
        'By/s',
        wave(130 + i, 2e6),
      ),
    ),
  },
};

/** Twelve panels as on an ordinary page. */
export function dashboard(theme: DashboardPicture['theme']): DashboardPicture {
  const place = (panel: PanelPicture, x: number, y: number, width: number, height: number, section?: string): PanelPicture => ({
    ...panel,
    widget: { ...panel.widget, place: { x, y, width, height }, ...(section ? { section } : {}) },
  });
  const of = (name: string) => panels[name]!;
  return {
    title: 'Shop overview',
    window: { start: START, end: END },
    marks,
    theme,
    panels: [
      place(of('stat'), 0, 0, 4, 5),
      place(of('gauge'), 4, 0, 8, 5),
      place(of('bar gauge'), 12, 0, 6, 5),
      place(of('pie'), 18, 0, 6, 5),
      place(of('lines'), 0, 5, 12, 8),
      place(of('stacked area'), 12, 5, 12, 8),
      place(of('bars'), 0, 13, 8, 8),
      place(of('heatmap'), 8, 13, 8, 8),
      place(of('state'), 16, 13, 8, 8),
      place(of('many series'), 0, 22, 14, 9, 'Details'),
      place(of('table'), 14, 22, 10, 9, 'Details'),
      place(of('log'), 0, 31, 24, 5, 'Details'),
    ],
  };
}

/** One chart as large as charts get: a day in minutes. */
export function chart(): PanelPicture {
  const step = (END - START) / 1440;
  return {
    widget: widget('timeseries', 'Requests', {
      unit: '{request}/s',
      thresholds: [threshold(400), threshold(300, { severity: 'warning' })],
    }),
    series: [1, 2, 3, 4, 5].map(i => series(`route ${i}`, '{request}/s', wave(200 + i, 60 * i, 1.4), { step })),
    marks,
  };
}
