// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes its variables like this.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpolate, type Language, panelStep, type Scope, type VariableValue } from '../../../src/analysis/dashboards/interpolate.ts';

const HOUR = 3_600_000;
const values = new Map<string, VariableValue>([
  ['one', { values: ['a.b'], several: false }],
  ['quoted', { values: ['say "hi" \\ there'], several: false }],
  ['few', { values: ["x'1", 'y"2', 'z*'], several: true }],
  ['single', { values: ['p+q'], several: true }],
  ['all', { values: ['k', 'l'], several: true, verbatim: '.+', all: true }],
  ['none', { values: [], several: false }],
  ['auto', { values: ['$__auto'], several: false }],
]);
const scope: Scope = { values, window: { start: 10 * HOUR, end: 16 * HOUR }, interval: 90_000, collected: 30_000, title: 'Till' };
const fill = (text: string, language: Language = 'promql') => interpolate(text, language, scope).text;

describe('a variable in a query', () => {
  it.each([
    ['x{a="$one"}', 'x{a="a.b"}'],
    ['x{a="${one}"}', 'x{a="a.b"}'],
    ['x{a="[[one]]"}', 'x{a="a.b"}'],
    ['x{a="$quoted"}', 'x{a="say \\"hi\\" \\\\ there"}'],
    ['x{a=~"$single"}', 'x{a=~"p\\\\+q"}'],
    ['x{a=~"$few"}', `x{a=~"(x'1|y"2|z\\\\*)"}`],
    ['x{a=~"$all"}', 'x{a=~".+"}'],
    ['x{a=~"${all:pipe}"}', 'x{a=~".+"}'],
    ['$onemore and $one', '$onemore and a.b'],
    ['a "$none" b', 'a "" b'],
  ])('%s', (text, expected) => {
    expect(fill(text)).toBe(expected);
  });

  it.each([
    ['pipe', `x'1|y"2|z*`],
    ['regex', `(x'1|y"2|z\\*)`],
    ['csv', `x'1,y"2,z*`],
    ['raw', `x'1,y"2,z*`],
    ['glob', `{x'1,y"2,z*}`],
    ['json', `["x'1","y\\"2","z*"]`],
    ['queryparam', `var-few=x'1&var-few=y%222&var-few=z*`],
    ['singlequote', `'x\\'1','y"2','z*'`],
    ['doublequote', `"x'1","y\\"2","z*"`],
    ['sqlstring', `'x''1','y"2','z*'`],
    ['percentencode', `%7Bx'1%2Cy%222%2Cz*%7D`],
    ['distributed', `x'1,few=y"2,few=z*`],
    ['lucene', `("x'1" OR "y\\"2" OR "z*")`],
    ['text', `x'1 + y"2 + z*`],
  ])('in the format %s', (format, expected) => {
    expect(fill(`\${few:${format}}`)).toBe(expected);
    expect(fill(`[[few:${format}]]`)).toBe(expected);
  });

  it('is written as its language wants it', () => {
    expect(fill('host IN ($few)', 'sql')).toBe(`host IN ('x''1','y"2','z*')`);
    expect(fill('host:$single', 'elasticsearch')).toBe('host:p\\+q');
    expect(fill('target.$few', 'native')).toBe(`target.{x'1,y"2,z*}`);
    expect(fill('Tills $few of $all', 'title')).toBe(`Tills x'1 + y"2 + z* of All`);
  });

  it('stays, and is said, when nothing is known for it', () => {
    expect(interpolate('a $gone ${lost:csv} [[away]]', 'promql', scope)).toEqual({
      text: 'a $gone ${lost:csv} [[away]]',
      missing: ['gone', 'lost', 'away'],
    });
    expect(interpolate('label_replace(x, "a", "$1", "b", "(.*)") $__timeFilter(at)', 'promql', scope).missing).toEqual([]);
  });

  it('leaves no variable behind once all are known', () => {
    const name = fc.constantFrom('one', 'few', 'single', 'all');
    const written = fc
      .tuple(name, fc.constantFrom('$N', '${N}', '[[N]]', '${N:pipe}', '${N:json}', '[[N:csv]]'))
      .map(([n, form]) => form.replace('N', n));
    fc.assert(
      fc.property(fc.array(written, { minLength: 1, maxLength: 6 }), parts => {
        const { text, missing } = interpolate(parts.join(' . '), 'promql', scope);
        expect(missing).toEqual([]);
        expect(text).not.toMatch(/\$\{?\w|\[\[/);
      }),
      { seed: 3 },
    );
  });
});

describe('what Grafana fills in itself', () => {
  it.each([
    ['$__interval', '90s'],
    ['${__interval}', '90s'],
    ['$__interval_ms', '90000'],
    // The larger of step + collection and four collections.
    ['$__rate_interval', '2m'],
    ['$__rate_interval_ms', '120000'],
    ['$__range', '21600s'],
    ['$__range_s', '21600'],
    ['$__range_ms', '21600000'],
    ['$__from', '36000000'],
    ['${__to:date:seconds}', '57600'],
    ['${__from:date}', '1970-01-01T10:00:00Z'],
    ['${__from:date:iso}', '1970-01-01T10:00:00Z'],
    ['$__dashboard', 'Till'],
    ['$auto', '90s'],
  ])('%s', (text, expected) => {
    expect(fill(text)).toBe(expected);
  });

  it('widens a rate where points are far apart', () => {
    expect(interpolate('$__rate_interval', 'promql', { ...scope, interval: 600_000 }).text).toBe('630s');
  });

  it('chooses a step that a chart can show, not finer than the data', () => {
    expect(panelStep({ start: 0, end: HOUR }, 10_000)).toBe(15_000);
    expect(panelStep({ start: 0, end: HOUR }, 60_000)).toBe(60_000);
    expect(panelStep({ start: 0, end: 7 * 24 * HOUR }, 15_000)).toBe(3_600_000);
  });
});
