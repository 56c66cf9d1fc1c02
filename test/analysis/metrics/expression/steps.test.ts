import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluateExpression } from '../../../../src/analysis/metrics/expression/evaluate.ts';
import { parseExpression } from '../../../../src/analysis/metrics/expression/parse.ts';
import { SreError } from '../../../../src/model/errors.ts';
import type { Series } from '../../../../src/model/series.ts';

fc.configureGlobal({ seed: 29 });

/** A few series of two metrics with gaps, restarts, odd values and stamps of their own. */
const series: fc.Arbitrary<readonly Series[]> = fc.array(
  fc
    .record({
      name: fc.constantFrom('a', 'b', 'c_bucket'),
      labels: fc.record({ p: fc.constantFrom('1', '2', '3'), q: fc.constantFrom('x', 'y'), le: fc.constantFrom('1', '2', '+Inf') }),
      rows: fc.array(
        fc.record({
          step: fc.integer({ min: 1, max: 400 }),
          v: fc.oneof(
            { weight: 8, arbitrary: fc.integer({ min: -5, max: 100 }) },
            { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0, 1e300) },
          ),
        }),
        { maxLength: 25 },
      ),
    })
    .map(({ name, labels, rows }): Series => {
      let at = 0;
      const t = rows.map(({ step }) => {
        at += step * 1000;
        return at;
      });
      return {
        name,
        labels,
        unit: '',
        entity: { kind: 'unknown', name: '' },
        t: Float64Array.from(t),
        v: Float64Array.from(rows, ({ v }) => v),
      };
    }),
  { maxLength: 8 },
);

const selector = fc.constantFrom('a', 'b', 'a{p="1"}', 'b{q!="x"}', 'c_bucket');
const range = fc.constantFrom('[5m]', '[90s]', '[20m] offset 3m', '[7m:50s]');
const vector: fc.Arbitrary<string> = fc.letrec<{ vector: string }>(tie => ({
  vector: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    selector,
    fc
      .tuple(
        fc.constantFrom(
          'rate',
          'increase',
          'delta',
          'irate',
          'deriv',
          'avg_over_time',
          'max_over_time',
          'count_over_time',
          'last_over_time',
          'absent_over_time',
          'stddev_over_time',
        ),
        selector,
        range,
      )
      .map(([f, s, r]) => `${f}(${s}${r})`),
    fc
      .tuple(fc.constantFrom('sum', 'avg', 'max', 'count', 'stddev'), fc.constantFrom('', 'by (p)', 'without (p, le)'), tie('vector'))
      .map(([f, g, v]) => `${f} ${g} (${v})`),
    fc
      .tuple(tie('vector'), fc.constantFrom('+', '/', '> bool', '<', 'and', 'or', 'unless', '- on(p)', '* on(p) group_left'), tie('vector'))
      .map(([a, op, b]) => `(${a}) ${op} (${b})`),
    fc.tuple(fc.constantFrom('abs', 'ceil', 'absent', 'sgn'), tie('vector')).map(([f, v]) => `${f}(${v})`),
    tie('vector').map(v => `topk by (q) (1, ${v})`),
    tie('vector').map(v => `histogram_quantile(0.9, ${v})`),
    tie('vector').map(v => `max_over_time((${v})[6m:80s])`),
    tie('vector').map(v => `error_ratio(${v}, ${v})`),
  ),
})).vector;

const START = 400_000;
const STEP = 61_000;
const STEPS = 12;

/** What is shown at each step, in no order. */
function shownAt(list: readonly Series[], text: string, start: number, length: number, edition: 2 | 3): string[][] | string {
  try {
    const { series: rows } = evaluateExpression(parseExpression(text), list, { start, step: STEP, length }, { edition });
    return Array.from({ length }, (_, i) =>
      rows
        .flatMap(({ name, labels, t, v }) => {
          const k = t.indexOf(start + i * STEP);
          const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
          return k < 0 ? [] : [`${name}${JSON.stringify(sorted)} ${v[k]!.toPrecision(9)}`];
        })
        .sort(),
    );
  } catch (failure) {
    if (failure instanceof SreError) return failure.message;
    throw failure;
  }
}

test('all steps at once give what each step gives by itself', () => {
  fc.assert(
    fc.property(series, vector, fc.constantFrom(2, 3) as fc.Arbitrary<2 | 3>, (list, text, edition) => {
      const together = shownAt(list, text, START, STEPS, edition);
      const apart = Array.from({ length: STEPS }, (_, i) => shownAt(list, text, START + i * STEP, 1, edition));
      // Elements that cannot be told apart at one step are refused for all.
      if (typeof together === 'string') expect(apart.some(one => typeof one === 'string')).toBe(true);
      else expect(together).toEqual(apart.map(one => one[0]));
    }),
    { numRuns: 1500 },
  );
});
