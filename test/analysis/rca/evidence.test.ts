import { describe, expect, it } from 'vitest';
import type { Column } from '../../../src/analysis/rca/columns.ts';
import { columnsOf, rates } from '../../../src/analysis/rca/columns.ts';
import { components, ownerByName } from '../../../src/analysis/rca/components.ts';
import type { LogRow } from '../../../src/analysis/rca/log-census.ts';
import { logEvidence } from '../../../src/analysis/rca/log-evidence.ts';
import { medianShift } from '../../../src/analysis/rca/shift.ts';
import { signalRole } from '../../../src/analysis/rca/signals.ts';
import { tallyOf } from '../../../src/analysis/rca/tally.ts';
import type { Series } from '../../../src/model/series.ts';

const series = (name: string, v: readonly number[], more: Partial<Series> = {}): Series => ({
  name,
  labels: {},
  unit: '',
  entity: { kind: 'service', name: 'cart' },
  t: Float64Array.from(v, (_, i) => i * 10_000),
  v: Float64Array.from(v),
  ...more,
});

describe('components', () => {
  it('makes a pod, its service and another spelling one thing', () => {
    const known = components();
    known.add('order-history', 'service');
    expect(known.add('order-history-5d8f7c9b4-x2k7q', 'pod').name).toBe('order-history');
    expect(known.find('OrderHistory')?.name).toBe('order-history');
  });

  it('keeps two declared names apart that differ in case only', () => {
    const known = components();
    known.declare('Search', 'node');
    known.declare('search', 'node');
    expect(known.find('Search')?.name).toBe('Search');
    expect(known.find('search')?.name).toBe('search');
    expect(known.find('SEARCH')).toBeUndefined();
  });

  it('gives a database to the service whose name it carries', () => {
    const known = components();
    known.add('cart', 'service');
    known.add('cart-db', 'container');
    expect(known.all().find(one => one.name === 'cart-db')).toMatchObject({ kind: 'database', service: 'cart' });
  });

  it('takes plain words for no generated name', () => {
    expect(ownerByName('order-history-store')).toBeUndefined();
  });
});

describe('signalRole', () => {
  it.each([
    ['http_request_duration_seconds_sum', 's', 'latency', 'sum'],
    ['PodServerLatencyP95(s)', 's', 'latency', 'percentile'],
    ['CpuUsageRate(%)', '%', 'cpu', 'unsaid'],
    ['container_memory_working_set_bytes', 'By', 'memory', 'unsaid'],
    ['node_filesystem_avail_bytes', 'By', 'disk', 'unsaid'],
    ['db_pool_waiting', '1', 'pool', 'unsaid'],
    ['pg_locks_count', '1', 'lock', 'count'],
    ['nodejs_eventloop_lag_p99_seconds', 's', 'queue', 'percentile'],
    ['requests_total', '', 'requests', 'unsaid'],
    ['availability', '%', 'availability', 'unsaid'],
    ['up', '', 'up', 'unsaid'],
  ])('%s is %s %s', (name, unit, kind, statistic) => {
    const role = signalRole({ name, unit, labels: {} });
    // Event-loop lag is a sign of a busy processor and of a queue alike; either may be said.
    if (name.startsWith('nodejs')) expect(['cpu', 'queue']).toContain(role.kind);
    else expect(role.kind).toBe(kind);
    expect(role.statistic).toBe(statistic);
  });

  it('takes a machine that fills its caches for no shortage of memory', () => {
    const kind = (name: string) => signalRole({ name, unit: 'By', labels: {} }).kind;
    expect(kind('node_memory_Buffers_bytes')).toBe('other');
    expect(kind('node_memory_MemAvailable_bytes')).toBe('memory');
    expect(kind('nodejs_heap_size_used_bytes')).toBe('memory');
  });

  it('knows that free space is bad when it falls, and that a machine is not its pods', () => {
    expect(signalRole({ name: 'node_filesystem_avail_bytes', unit: 'By', labels: {} })).toMatchObject({ bad: -1, shared: true });
  });
});

describe('columnsOf', () => {
  it('makes a running total a rate, and a restart counts from zero', () => {
    expect([...rates(series('x_total', [0, 10, 30, 5])).v]).toEqual([Number.NaN, 1, 2, 0.5]);
    const [column] = columnsOf([series('requests_total', [0, 10, 20, 30])], () => 'cart');
    expect([...column!.v].slice(1)).toEqual([1, 1, 1]);
  });

  it('leaves out histogram buckets and what has no value', () => {
    expect(columnsOf([series('latency_seconds_bucket', [1, 2, 3]), series('cpu', [Number.NaN, Number.NaN])], () => 'cart')).toEqual([]);
  });
});

describe('medianShift', () => {
  const column = (v: readonly number[], unit = ''): Column => columnsOf([series('cpu_usage', v, { unit })], () => 'cart')[0]!;
  const windows = { healthy: (t: number) => t < 60_000, justBefore: () => false, suspect: (t: number) => t >= 60_000 };
  const steady = [10, 11, 10, 9, 10, 10];

  it('grows with the distance, and one wild row moves it no more than the median', () => {
    const shift = medianShift(column([...steady, 50, 51, 50]), windows)!;
    const wild = medianShift(column([...steady, 50, 51, 9_000]), windows)!;
    expect(shift.z).toBeGreaterThan(30);
    expect(wild.after).toBe(51);
  });

  it('stays the same when a fifth of the healthy rows are faulty already', () => {
    const clean = medianShift(column([...steady, 10, 50, 50, 50], ''), {
      ...windows,
      healthy: t => t < 70_000,
      suspect: t => t >= 70_000,
    })!;
    const spoilt = medianShift(column([...steady, 50, 50, 50, 50], ''), {
      ...windows,
      healthy: t => t < 70_000,
      suspect: t => t >= 70_000,
    })!;
    expect(spoilt.z).toBeGreaterThan(0.5 * clean.z);
  });

  it('finds no news where it was so just before', () => {
    const drifted = column([10, 10, 11, 9, 30, 30, 30, 30]);
    const z = medianShift(drifted, {
      healthy: t => t < 60_000,
      justBefore: t => t === 40_000 || t === 50_000,
      suspect: t => t >= 60_000,
    })!.z;
    expect(z).toBe(0);
  });

  it('calls a change within one percentage point no change worth a sigma', () => {
    expect(medianShift(column([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.9, 0.9], '%'), windows)!.z).toBeLessThan(1);
  });
});

describe('logEvidence', () => {
  const work = tallyOf(Array.from({ length: 40 }, (_, i) => [i, 10] as const));
  const row = (template: string, severity: number, perBucket: (bucket: number) => number): LogRow => ({
    component: 'cart',
    template,
    text: template,
    severity,
    first: 0,
    counts: tallyOf(Array.from({ length: 40 }, (_, i) => [i, perBucket(i)] as const)),
  });
  const ranges = { healthy: [{ lo: 0, hi: 30 }], justBefore: [{ lo: 25, hi: 30 }], now: [{ lo: 30, hi: 40 }] };

  it('finds what went missing, what is new and what fails more, and nothing in what stays', () => {
    const found = logEvidence(
      [
        row('stored', 9, i => (i < 30 ? 3 : 0)),
        row('boom', 17, i => (i < 30 ? 0 : 2)),
        row('retry', 17, i => (i < 30 ? 0.1 : 3)),
        row('started', 9, () => 1),
      ],
      work,
      ranges,
    );
    expect(new Set(found.map(one => `${one.change} ${one.row.template}`))).toEqual(new Set(['missing stored', 'new boom', 'errors retry']));
  });

  it('takes less work for less lines, not for missing ones', () => {
    const halved = tallyOf(Array.from({ length: 40 }, (_, i) => [i, i < 30 ? 10 : 1] as const));
    expect(logEvidence([row('stored', 9, i => (i < 30 ? 3 : 0.3))], halved, ranges)).toEqual([]);
  });

  it('finds no news in errors that were as many just before', () => {
    expect(logEvidence([row('retry', 17, i => (i < 25 ? 0.1 : 3))], work, ranges)[0]?.z ?? 0).toBeLessThan(3);
  });

  it('says nothing of a component that hardly did anything', () => {
    const idle = tallyOf([[0, 1]]);
    expect(logEvidence([row('boom', 17, i => (i < 30 ? 0 : 2))], idle, ranges)).toEqual([]);
  });
});
