import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { MetricSource } from '../../src/model/source.ts';
import { createHttp } from '../../src/runtime/http.ts';
import { prometheusSource } from '../../src/sources/prometheus.ts';
import { loopback } from '../kit/loopback.ts';
import { io, keyOf, valuesOf } from './prometheus-answers.ts';

/** What a real Prometheus answered, recorded by scripts/record-promql.mjs. */
interface Recorded {
  readonly grids: readonly { readonly start: number; readonly end: number; readonly step: number }[];
  readonly answers: readonly {
    readonly expression: string;
    readonly results: readonly (readonly {
      readonly metric: Record<string, string>;
      readonly values: readonly (number | string | null)[];
    }[])[];
  }[];
}

const recorded = JSON.parse(
  readFileSync(fileURLToPath(new URL('../fixtures/promql/answers-v2.json', import.meta.url)), 'utf8'),
) as Recorded;
/** Its steps lie on multiples of the step, as the source's do. */
const GRID = recorded.grids[0]!;
const byExpression = new Map(recorded.answers.map(({ expression, results }) => [expression, results[0]!]));

let metrics: MetricSource;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const server = await loopback(
    ({ url, body }, response) => {
      const { pathname, search } = new URL(url, 'http://x');
      const asked = new URLSearchParams(body || search);
      const result = pathname.endsWith('/query_range') ? matrix(asked) : pathname.endsWith('/query') ? [] : undefined;
      const data = result ? { resultType: 'matrix', result } : pathname.includes('/label') ? [] : undefined;
      response.writeHead(data ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: data ? 'success' : 'error', data }));
    },
    { ends: close => void closing.push(close) },
  );
  const http = createHttp({ id: 'prom', baseUrl: server.url }, () => Date.now());
  closing.push(() => http.close());
  metrics = prometheusSource({ id: 'prom' }, http).metrics!;
  return async () => {
    await Promise.all(closing.map(close => close()));
  };
});

/** The recorded rows as the server sent them: instants without a value are missing, and numbers are text. */
function matrix(asked: URLSearchParams): unknown[] {
  expect([asked.get('start'), asked.get('end'), asked.get('step')].map(Number)).toEqual([
    GRID.start / 1000,
    GRID.end / 1000,
    GRID.step / 1000,
  ]);
  const rows = byExpression.get(asked.get('query')!) ?? [];
  return rows.map(({ metric, values }) => ({
    metric,
    values: values.flatMap((value, i) => (value === null ? [] : [[(GRID.start + i * GRID.step) / 1000, String(value)]])),
  }));
}

test('there are more than sixty expressions, native histograms and stale ends among them', () => {
  expect(byExpression.size).toBeGreaterThan(60);
});

test.each([...byExpression.keys()])('%s', async native => {
  const { data } = await metrics.query({ native, step: GRID.step, window: { start: GRID.start, end: GRID.end + 1 } }, io());
  const expected = byExpression.get(native)!.flatMap(({ metric: { __name__: name = named(native), ...labels }, values }) => {
    const kept = values.flatMap((value, i) =>
      typeof value === 'number' && Number.isFinite(value) ? [[GRID.start + i * GRID.step, value]] : [],
    );
    return kept.length ? [[keyOf(name, labels), kept]] : [];
  });
  expect(valuesOf(data)).toEqual(Object.fromEntries(expected));
  // A gap is there to be seen: between two values of a series no instant of the grid is missing.
  for (const { t } of data) expect(t.every((at, i) => i === 0 || at - t[i - 1]! === GRID.step)).toBe(true);
});

/** A result without a name is called by its expression. */
function named(expression: string): string {
  return expression.length > 200 ? `${expression.slice(0, 199)}…` : expression;
}
