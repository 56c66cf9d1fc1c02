import { describe, expect, test } from 'vitest';
import { evaluateExpression } from '../../../../src/analysis/metrics/expression/evaluate.ts';
import { parseExpression } from '../../../../src/analysis/metrics/expression/parse.ts';
import { seriesOf } from './series.ts';

const GRID = { start: 1_800_000, step: 60_000, length: 1 };
const SERIES = [
  seriesOf('bytes', {}, () => 2 ** 20, { unit: 'By' }),
  seriesOf('mebibytes', {}, () => 1, { unit: 'MiBy' }),
  seriesOf('sent', {}, minute => minute * 6000, { unit: 'By', type: 'counter' }),
  seriesOf('seconds', {}, () => 2, { unit: 's' }),
  seriesOf('millis', {}, () => 500, { unit: 'ms' }),
  seriesOf('cpu', {}, minute => minute * 30, { unit: 's', type: 'counter' }),
  seriesOf('percent', {}, () => 40, { unit: '%' }),
  seriesOf('share', {}, () => 0.5, { unit: '1' }),
  seriesOf('requests', {}, minute => minute * 120, { unit: '{request}', type: 'counter' }),
  seriesOf('errors', {}, minute => minute * 6, { unit: '{error}', type: 'counter' }),
  seriesOf('unknown', {}, () => 7),
  seriesOf('mixed', { of: 'time' }, () => 1, { unit: 's' }),
  seriesOf('mixed', { of: 'size' }, () => 1, { unit: 'By' }),
  seriesOf('latency', { of: 'a' }, () => 1, { unit: 's' }),
  seriesOf('latency', { of: 'b' }, () => 1, { unit: 'ms' }),
];

const evaluate = (text: string) => evaluateExpression(parseExpression(text), SERIES, GRID);

describe('the unit of', () => {
  test.each([
    ['bytes', 'By', 2 ** 20],
    ['bytes + mebibytes', 'By', 2 ** 21],
    ['mebibytes - bytes', 'MiBy', 0],
    ['bytes / mebibytes', '1', 1],
    ['rate(sent[5m])', 'By/s', 100],
    ['increase(sent[5m])', 'By', 30_000],
    ['rate(sent[5m]) * seconds', 'By', 200],
    ['rate(cpu[5m])', '1', 0.5],
    ['100 * rate(cpu[5m])', '%', 50],
    ['rate(errors[5m]) / rate(requests[5m])', '{error}/{request}', 0.05],
    ['bytes / 1048576', 'MiBy', 1],
    ['bytes / 1024 / 1024', 'MiBy', 1],
    ['seconds * 1000', 'ms', 2000],
    ['seconds * 3', 's', 6],
    ['1 / seconds', '1/s', 0.5],
    ['percent + share', '%', 90],
    ['share + percent', '1', 0.9],
    ['seconds ^ 2', 's2', 4],
    ['stdvar_over_time(seconds[5m])', 's2', 0],
    ['seconds > bool 1', '1', 1],
    ['seconds > 1500ms', 's', 2],
    ['millis < 1s', 'ms', 500],
    ['clamp_max(millis, 0.2s)', 'ms', 200],
    ['count(seconds)', '1', 1],
    ['max_over_time(seconds[5m:1m])', 's', 2],
    ['deriv(bytes[5m])', 'By/s', 0],
    ['ln(share)', '1', Math.log(0.5)],
    ['ln(seconds)', '', Math.log(2)],
    ['unknown', '', 7],
    ['unknown * seconds', '', 14],
    ['rate(unknown[5m])', '/s', 0],
    ['rate(unknown[5m]) / (rate(unknown[5m]) + 1)', '1', 0],
    ['rate(sent[5m]) + rate(unknown[5m])', 'By/s', 100],
    ['seconds and bytes', 's', 2],
    ['time() - seconds', 's', 1798],
  ])('%s is %s', (text, unit, value) => {
    const derived = evaluate(text);
    expect(derived.unit).toBe(unit);
    expect(derived.series[0]!.v[0]).toBeCloseTo(value, 9);
  });
});

describe('what must not be mixed is refused where it stands', () => {
  test.each([
    ['bytes + seconds', 9, 's', 'By'],
    ['bytes > seconds', 9, 's', 'By'],
    ['bytes - rate(sent[5m])', 9, 'By/s', 'By'],
    ['percent + seconds', 11, 's', '%'],
    ['share + requests', 9, '{request}', '1'],
    ['requests + errors', 12, '{error}', '{request}'],
    ['bytes > 5m', 9, 's', 'By'],
    ['sum(bytes) + avg(seconds)', 14, 's', 'By'],
    ['bytes or seconds', 10, 's', 'By'],
    ['clamp(bytes, 1s, 2s)', 14, 's', 'By'],
    ['time() - bytes', 10, 'By', 's'],
    ['max_over_time((bytes % seconds)[5m:1m])', 24, 's', 'By'],
  ])('%s', (text, column, from, to) => {
    expect(() => evaluate(text)).toThrow(`Expression, column ${column}: values in ${from} cannot be put together with values in ${to}.`);
  });

  test('a name that stands for several quantities', () => {
    expect(() => evaluate('sum(mixed)')).toThrow('Expression, column 5: this finds values in s and in By');
  });
});

test('series of one name in several units come to one', () => {
  expect(evaluate('sum(latency)').series[0]!.v[0]).toBeCloseTo(1.001, 12);
});

test('an unknown unit is taken for that of its neighbour, and that is said', () => {
  const { unit, assumptions } = evaluate('seconds + unknown');
  expect(unit).toBe('s');
  expect(assumptions.join()).toContain('without a known unit');
});
