// Seeded series that exercise what is hard about PromQL: restarts of counters, gaps, late starts and early ends, irregular stamps, explicit
// stale markers, classic and native histograms. Pure: the same series at every run.

/** First scrape, in ms. Whole minutes, so that samples meet the edges of ranges. */
export const START = Date.UTC(2026, 2, 1);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const LENGTH = 45 * MINUTE;
/** A value that says "the series ended here" (Prometheus' stale marker). */
export const STALE = 'stale';

function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
}

const round = (x, digits = 4) => Number(x.toFixed(digits));

/** Rows every `step` ms where `keep(minute)` holds; `value(i, minute)` gives the value. */
function rows(step, value, keep = () => true, jitter = () => 0) {
  const t = [];
  const v = [];
  for (let i = 0; i * step < LENGTH; i++) {
    const minute = (i * step) / MINUTE;
    const x = value(i, minute);
    if (!keep(minute)) continue;
    t.push(START + i * step + jitter());
    v.push(x);
  }
  return { t, v };
}

/** A counter that adds `add()` a row and begins again at zero in the minutes named. */
function counter(add, restarts = []) {
  let total = 0;
  let left = [...restarts];
  return (_, minute) => {
    if (left.length > 0 && minute >= left[0]) {
      left = left.slice(1);
      total = 0;
    }
    total += add(minute);
    return round(total);
  };
}

function requests() {
  const shapes = [
    ['cart', 'eu', '200', 40, [], undefined],
    ['cart', 'eu', '500', 2, [13.5], undefined],
    ['cart', 'us', '200', 25, [21, 22.25], undefined],
    ['cart', 'us', '500', 1, [], m => m < 12 || m > 19],
    ['stock', 'eu', '200', 60, [30], m => m < 16 || m >= 18],
    ['stock', 'eu', '500', 0.3, [], m => m > 6],
    ['stock', 'us', '200', 35, [], m => m < 28],
    ['stock', 'us', '500', 3, [9], m => m < 28],
  ];
  return shapes.map(([service, region, code, mean, restarts, keep], i) => {
    const next = random(100 + i);
    const add = minute => Math.floor(next() * 2 * mean * (minute > 24 && code === '500' ? 4 : 1));
    return series('http_requests_total', 'counter', { service, region, code }, rows(15 * SECOND, counter(add, restarts), keep));
  });
}

function classicHistogram() {
  const bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5];
  return ['cart', 'stock'].flatMap((service, s) => {
    const next = random(200 + s);
    const counts = new Array(bounds.length + 1).fill(0);
    let sum = 0;
    let reset = false;
    const columns = [];
    for (let i = 0; i * 30 * SECOND < LENGTH; i++) {
      const minute = i / 2;
      if (service === 'stock' && minute >= 20 && !reset) {
        counts.fill(0);
        sum = 0;
        reset = true;
      }
      const number = Math.floor(next() * 30);
      for (let k = 0; k < number; k++) {
        const seconds = (minute > 25 ? 0.5 : 0.12) * Math.exp(1.2 * (next() + next() + next() - 1.5));
        sum += seconds;
        const at = bounds.findIndex(bound => seconds <= bound);
        counts[at < 0 ? bounds.length : at]++;
      }
      const cumulative = [];
      let total = 0;
      for (const count of counts) {
        total += count;
        cumulative.push(total);
      }
      columns.push({ t: START + i * 30 * SECOND, cumulative, sum: round(sum), total });
    }
    const t = columns.map(c => c.t);
    const part = (suffix, labels, pick) =>
      series(`http_request_duration_seconds${suffix}`, 'histogram', { service, ...labels }, { t, v: columns.map(pick) });
    return [
      ...[...bounds.map(String), '+Inf'].map((le, i) => part('_bucket', { le }, c => c.cumulative[i])),
      part('_sum', {}, c => c.sum),
      part('_count', {}, c => c.total),
    ];
  });
}

function gauges() {
  const queue = ['orders', 'mails', 'images'].map((name, i) => {
    const next = random(300 + i);
    const jitter = random(400 + i);
    let level = 20 * (i + 1);
    const walk = () => {
      level += (next() - 0.48) * 12;
      return round(Math.max(0, level), 2);
    };
    const keep = [() => true, m => m < 10 || (m > 17 && m < 33), m => m % 9 < 6][i];
    return series(
      'queue_depth',
      'gauge',
      { queue: name },
      rows(20 * SECOND, walk, keep, () => Math.floor(jitter() * 7000)),
    );
  });
  const memory = [
    ['cart', 'cart-0', 300, 512],
    ['cart', 'cart-1', 350, 512],
    ['stock', 'stock-0', 700, 1024],
  ].flatMap(([service, pod, used, limit], i) => {
    const next = random(500 + i);
    const usedBytes = (_, minute) => Math.round((used + 3 * minute + next() * 20) * 1048576);
    return [
      series('memory_used_bytes', 'gauge', { service, pod }, rows(30 * SECOND, usedBytes)),
      series(
        'memory_limit_bytes',
        'gauge',
        { service, pod },
        rows(60 * SECOND, () => limit * 1048576),
      ),
    ];
  });
  const next = random(600);
  const temperature = rows(30 * SECOND, i => round(-2 + 6 * Math.sin(i / 9) + next(), 3));
  const free = rows(60 * SECOND, (_, minute) => round(9e9 - 7e7 * minute + 2e7 * next(), 0));
  const builds = [
    ['cart', '1.4.0', 'shop'],
    ['stock', '2.0.1', 'warehouse'],
  ].map(([service, version, team]) =>
    series(
      'build_info',
      'gauge',
      { service, version, team },
      rows(60 * SECOND, () => 1),
    ),
  );
  return [
    ...queue,
    ...memory,
    series('temperature_celsius', 'gauge', { room: 'r1' }, temperature),
    series('disk_free_bytes', 'gauge', { device: 'sda' }, free),
    ...builds,
  ];
}

function processors() {
  return ['a', 'b'].map((pod, i) => {
    const next = random(700 + i);
    return series(
      'cpu_seconds_total',
      'counter',
      { pod },
      rows(
        15 * SECOND,
        counter(() => next() * 15, i === 1 ? [17.75] : []),
      ),
    );
  });
}

/** Series that say where they end, as a scrape that fails does. */
function marked() {
  return ['w1', 'w2'].map((worker, i) => {
    const next = random(800 + i);
    const gone = i === 0 ? m => m >= 14 && m < 20 : m => m >= 25;
    let ended = false;
    const { t, v } = rows(30 * SECOND, (_, minute) => {
      const x = Math.floor(next() * 50);
      if (!gone(minute)) {
        ended = false;
        return x;
      }
      if (ended) return undefined;
      ended = true;
      return STALE;
    });
    const kept = t.flatMap((at, k) => (v[k] === undefined ? [] : [[at, v[k]]]));
    return series('busy_workers', 'gauge', { worker }, { t: kept.map(k => k[0]), v: kept.map(k => k[1]) });
  });
}

/** Native histograms: `counts` holds cumulative counts by bucket index; bucket i reaches from base^(i-1) to base^i, base = 2^(2^-schema). */
function nativeHistograms() {
  const shapes = [
    ['request_latency_seconds', { service: 'cart' }, 3, [18], undefined, 0],
    ['request_latency_seconds', { service: 'stock' }, 3, [], 26, 0],
    ['clock_drift_seconds', { host: 'h1' }, 2, [], undefined, 0.4],
  ];
  return shapes.map(([name, labels, schema, restarts, coarserAt, negativeShare], s) => {
    const next = random(900 + s);
    let state = { schema, zeroThreshold: 0.001, zeroCount: 0, count: 0, sum: 0, positive: {}, negative: {} };
    const fresh = () => ({ ...state, zeroCount: 0, count: 0, sum: 0, positive: {}, negative: {} });
    let left = [...restarts];
    const t = [];
    const v = [];
    for (let i = 0; i * 30 * SECOND < LENGTH; i++) {
      const minute = i / 2;
      if (left.length > 0 && minute >= left[0]) {
        left = left.slice(1);
        state = fresh();
      }
      if (coarserAt !== undefined && minute >= coarserAt && state.schema === schema) state = coarser(state);
      const number = Math.floor(next() * 25);
      for (let k = 0; k < number; k++) {
        const size = next() < 0.03 ? 0.0004 : 0.2 * Math.exp(1.4 * (next() + next() + next() - 1.5));
        const sign = next() < negativeShare ? -1 : 1;
        state.count++;
        state.sum = round(state.sum + sign * size, 6);
        if (size <= state.zeroThreshold) state.zeroCount++;
        else {
          const side = sign < 0 ? state.negative : state.positive;
          const index = Math.ceil(Math.log2(size) * 2 ** state.schema);
          side[index] = (side[index] ?? 0) + 1;
        }
      }
      t.push(START + i * 30 * SECOND);
      v.push({ ...state, positive: { ...state.positive }, negative: { ...state.negative } });
    }
    return series(name, 'native', labels, { t, v });
  });
}

function coarser(state) {
  const halve = side => {
    const merged = {};
    for (const [index, count] of Object.entries(side)) {
      const to = Math.ceil(Number(index) / 2);
      merged[to] = (merged[to] ?? 0) + count;
    }
    return merged;
  };
  return { ...state, schema: state.schema - 1, positive: halve(state.positive), negative: halve(state.negative) };
}

function series(name, type, labels, { t, v }) {
  return { name, type, labels, t, v };
}

/** Series whose values are numbers, as OpenMetrics can say them. */
export function plainSeries() {
  return [...requests(), ...classicHistogram(), ...gauges(), ...processors()];
}

/** Series that OpenMetrics text cannot say. */
export function specialSeries() {
  return [...marked(), ...nativeHistograms()];
}

/** OpenMetrics text with times, as `promtool tsdb create-blocks-from openmetrics` and `--files` read it. */
export function openMetrics() {
  const lines = ['# HELP http_requests Written by scripts/record-promql.mjs from seeded random numbers.'];
  const declared = new Set();
  for (const { name, type, labels, t, v } of plainSeries()) {
    const family =
      type === 'counter' ? name.replace(/_total$/, '') : type === 'histogram' ? name.replace(/_(?:bucket|sum|count)$/, '') : name;
    if (!declared.has(family)) {
      declared.add(family);
      lines.push(`# TYPE ${family} ${type}`);
    }
    const text = Object.entries(labels)
      .map(([label, value]) => `${label}="${value}"`)
      .join(',');
    for (const [i, at] of t.entries()) lines.push(`${name}{${text}} ${v[i]} ${at / 1000}`);
  }
  return `${lines.join('\n')}\n# EOF\n`;
}
