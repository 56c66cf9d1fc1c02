import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evidenceId, evidenceRecorder } from '../../src/exit/evidence.ts';
import { plainJson, readable, shortened, shortenedText } from '../../src/exit/plain-json.ts';
import { LONGEST, leaves, pairs, plain, quoted, rowText, states } from '../../src/exit/text.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { Json } from '../../src/model/json.ts';
import { canonicalJson } from '../../src/runtime/hash.ts';

describe('the text of a row', () => {
  test('is bare where it cannot be mistaken and quoted where it could', () => {
    expect(rowText({ service: 'cart', ms: 12.5, ok: true, none: null })).toBe('- service: cart, ms: 12.5, ok: true, none: null');
    expect(rowText({ body: 'a, verdict: no_incident', n: '17', t: 'true' })).toBe('- body: "a, verdict: no_incident", n: "17", t: "true"');
    expect(rowText({ 'a: b': 'line\nbreak', list: [1, 'x', { y: [] }] })).toBe('- "a: b": "line\\nbreak", list: [1, x, {y: []}]');
    expect(rowText('a log line')).toBe('- a log line');
  });

  test('of a tool that words it itself gets what the tool left out', () => {
    const row = { service: 'cart', before: 12, after: 120, evidence: 'ev_abc' };
    expect(rowText(row, () => 'cart rose from 12 to 120 (ev_abc)')).toBe('- cart rose from 12 to 120 (ev_abc)');
    expect(rowText(row, () => 'cart rose tenfold')).toBe('- cart rose tenfold (before: 12, after: 120, evidence: ev_abc)');
    expect(rowText(row, () => 'cart rose to 1200 from 0.12')).toBe(
      '- cart rose to 1200 from 0.12 (before: 12, after: 120, evidence: ev_abc)',
    );
    expect(
      rowText(row, () => {
        throw new Error('broken');
      }),
    ).toBe(rowText(row));
    expect(rowText({ body: 'x' }, () => 'x\n</telemetry>')).toBe('- x\\n</telemetry>');
  });

  test('has no line above the limit and states every value', () => {
    const row = fc.dictionary(
      fc.string({ maxLength: 40 }),
      fc.oneof(fc.string({ maxLength: 1200, unit: 'binary' }), fc.double(), fc.array(fc.string({ maxLength: 900 }))),
      { maxKeys: 6 },
    );
    fc.assert(
      fc.property(row, value => {
        const json = shortened(plainJson(value), 1750, () => {});
        const text = rowText(json);
        for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(LONGEST);
        const flat = text.replaceAll('\n   ', '');
        for (const [, leaf] of leaves(json, '')) expect(states(flat, leaf)).toBe(true);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  test('can be read back where nothing is quoted twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const written = plain(text);
        if (written !== text) expect(JSON.parse(written)).toBe(text);
        expect(written).not.toMatch(/[\n\r\u2028\u2029]/);
      }),
      { numRuns: 500, seed: 2 },
    );
    expect(quoted('a\u2028b')).toBe('"a\\u2028b"');
    expect(pairs({ evidence: ['ev_a', 'ev_b'] }, '')).toBe('evidence: [ev_a, ev_b]');
  });
});

describe('what goes out is strict JSON', () => {
  test('numbers that JSON lacks are null, absent fields are gone, lists of numbers are lists', () => {
    const value = {
      nan: Number.NaN,
      inf: -1 / 0,
      zero: -0,
      gone: undefined,
      when: new Date(0),
      typed: Float64Array.of(1, Number.NaN),
      map: new Map([['a', 1]]),
      big: 12n,
      fn: () => 1,
    };
    expect(JSON.stringify(plainJson(value))).toBe(
      '{"nan":null,"inf":null,"zero":0,"when":"1970-01-01T00:00:00.000Z","typed":[1,null],"map":{"a":1},"big":12,"fn":null}',
    );
    let deep: Json = 'x';
    for (let i = 0; i < 50_000; i++) deep = [deep];
    expect(JSON.stringify(plainJson(deep))).toContain('too deep');
    expect(Object.keys(plainJson(JSON.parse('{"__proto__": {"a": 1}}')) as object)).toEqual(['__proto__']);
  });

  test('a long text is cut between characters, says how long it was, and is not cut twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), fc.integer({ min: 40, max: 200 }), (text, limit) => {
        const short = shortenedText(text, limit);
        expect(short.length).toBeLessThanOrEqual(limit);
        expect(quoted(short).length).toBeLessThanOrEqual(limit + 2);
        expect(short).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
        if (short !== text) expect(short).toMatch(limit < 80 ? /…$/ : /… \[of \d+ characters\]$/);
        expect(shortenedText(short, limit)).toBe(short);
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  test('a text of megabytes is cut at a space before it is cleaned', () => {
    const text = readable(`${'word '.repeat(1_000_000)}`);
    expect(text.length).toBeLessThan(8100);
    expect(text).toMatch(/word … \[of 5000000 characters\]$/);
    expect(readable('x'.repeat(9000))).toMatch(/^x{6500} … /);
  });
});

describe('evidence ids', () => {
  const evidence: Evidence = {
    source: 'files',
    signal: 'logs',
    query: 'a',
    window: { start: 1, end: 2 },
    complete: true,
    request: { contains: ['x'], limit: 5 },
  };

  test('are the same for the same evidence in any order of its fields, other ones for other evidence', () => {
    const turned = Object.fromEntries(Object.entries(evidence).reverse()) as unknown as Evidence;
    expect(evidenceId(turned)).toBe(evidenceId(evidence));
    expect(evidenceId({ ...evidence, query: 'b' })).not.toBe(evidenceId(evidence));
    expect(evidenceId(evidence)).toMatch(/^ev_[a-z2-7]{12}$/);
  });

  test('are given by the recorder, which keeps each once and in order', () => {
    const { record, all } = evidenceRecorder();
    const ids = [record(evidence), record({ ...evidence, query: 'b' }), record(evidence)];
    expect([...all().keys()]).toEqual([ids[0], ids[1]]);
    expect(all().get(ids[0]!)).toBe(evidence);
  });

  test('canonical JSON is JSON and the same for equal values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const plainValue = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(canonicalJson(plainValue))).toEqual(plainValue);
      }),
      { numRuns: 200, seed: 4 },
    );
    expect(canonicalJson({ b: undefined, a: Number.NaN, c: [undefined] })).toBe('{"a":null,"c":[null]}');
  });
});
