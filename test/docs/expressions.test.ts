import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { evaluateExpression } from '../../src/analysis/metrics/expression/evaluate.ts';
import { AGGREGATIONS, FUNCTIONS } from '../../src/analysis/metrics/expression/functions.ts';
import { parseExpression } from '../../src/analysis/metrics/expression/parse.ts';
import { recordedSeries } from '../analysis/metrics/expression/recorded.ts';

const page = readFileSync(new URL('../../docs/expressions.md', import.meta.url), 'utf8');
const linesOf = (language: string) => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page)![1]!.trim().split('\n');
const series = recordedSeries();
const grid = { start: Date.UTC(2026, 2, 1, 0, 20), step: 60_000, length: 15 };
const evaluate = (text: string) => evaluateExpression(parseExpression(text), series, grid, { measuredUnit: () => 's' });

describe('docs/expressions.md', () => {
  test.each(linesOf('expression'))('%s', line => {
    const { series: rows } = evaluate(line);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some(({ v }) => v.some(Number.isFinite))).toBe(true);
  });

  test.each(linesOf('refused'))('%s', line => {
    const [text, message] = line.split(' => ') as [string, string];
    expect(() => evaluate(text)).toThrow(message);
  });

  test('names every function and aggregation', () => {
    const lacking = [...Object.keys(FUNCTIONS), ...Object.keys(AGGREGATIONS)].filter(name => !new RegExp(`\`${name}\\b`).test(page));
    expect(lacking).toEqual([]);
  });
});
