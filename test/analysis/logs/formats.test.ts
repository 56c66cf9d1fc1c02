import { describe, expect, test } from 'vitest';
import { Draft } from '../../../src/analysis/logs/draft.ts';
import { FORMATS } from '../../../src/analysis/logs/formats/index.ts';
import { logParser, parseLogs } from '../../../src/analysis/logs/parser.ts';
import type { LogBatch } from '../../../src/model/log.ts';
import { levelOf, recordAt } from '../../../src/model/log.ts';

/** Whole ms, as the samples are written; year-less samples stand in a leap year before `now`. */
const iso = (t: number): string | null => (Number.isNaN(t) ? null : new Date(Math.floor(t)).toISOString().replace('.000Z', 'Z'));

function read(line: string): { format: string; time: string | null; level: string | null; service: string | null; message: string } {
  const records = [...parseLogs([line])];
  expect(records).toHaveLength(1);
  const record = records[0]!;
  return {
    format: record.format,
    time: iso(record.time),
    level: levelOf(record.severity),
    service: record.service || null,
    message: record.body,
  };
}

describe.each(FORMATS.map(format => [format.name, format] as const))('%s', (name, format) => {
  test('carries at least five samples', () => expect(format.samples.length).toBeGreaterThanOrEqual(5));

  test.each(format.samples.map(sample => [sample.line, sample] as const))('%s', (line, sample) => {
    const { format: found, ...fields } = read(line);
    expect(fields).toEqual({ time: sample.time, level: sample.level, service: sample.service, message: sample.message });
    expect(found.split('+')[0]).toBe(name);
  });

  test('reads its samples when it is the only format allowed', () => {
    for (const { line, time } of format.samples) {
      const record = [...parseLogs([line], { format: name })][0]!;
      expect(record.format.split('+')[0]).toBe(name);
      expect(iso(record.time)).toBe(time);
    }
  });

  test.each(format.nearMisses)('is not: %s', line => {
    const draft = new Draft();
    expect(format.read(line, 0, line.length, draft)).toBe(false);
  });
});

test('names are unique, and every format is asked for lines that begin as its samples do', () => {
  expect(new Set(FORMATS.map(format => format.name)).size).toBe(FORMATS.length);
});

test('a stream that mixes all formats reads each line as if it were alone', () => {
  const samples = FORMATS.flatMap(format => format.samples.map(sample => ({ format: format.name, ...sample })));
  const mixed: typeof samples = [];
  for (let i = 0; i < samples.length; i++) mixed.push(samples[(i * 37) % samples.length]!);
  const parser = logParser();
  const batches: LogBatch[] = [parser.push(new TextEncoder().encode(mixed.map(({ line }) => `${line}\n`).join(''))), parser.flush()];
  const records = batches.flatMap(batch => Array.from({ length: batch.length }, (_, i) => recordAt(batch, i)));
  // a container's line without a header may rightly continue the one before it, so that not every line begins a record
  const begins = new Map(records.map(record => [record.line, record]));
  let same = 0;
  mixed.forEach((sample, i) => {
    const record = begins.get(i + 1);
    if (record?.format.split('+')[0] === sample.format && record.body.split('\n')[0] === sample.message.split('\n')[0]) same++;
  });
  expect(same / mixed.length).toBeGreaterThan(0.97);
});
