import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LineMemory } from '../../../src/analysis/logs/line-memory.ts';
import { AT_END, LineScanner, NO_SKELETON, UNKNOWN, WITHOUT_KIND } from '../../../src/analysis/logs/line-scanner.ts';
import { logParser } from '../../../src/analysis/logs/parser.ts';
import { recordAt } from '../../../src/model/log.ts';
import { generator } from './seeded.ts';

const encoder = new TextEncoder();

/** The skeleton by its definition, as a text. */
function skeletonOf(line: string): string | undefined {
  if (line.length > 511 || /[^\x01-\x1a\x1c-\x7f]/.test(line) || /="(?=[\s\S]{200})/.test(line)) return undefined;
  const edge = (c: string) => (/\d/.test(c) ? 1 : /[a-f]/i.test(c) ? 2 : /[a-z]/i.test(c) ? 3 : c === '-' ? 4 : 5);
  return line.replace(/[A-Za-z0-9_-]+/g, (run, at: number) => {
    const digits = run.replace(/\D/g, '').length;
    if (digits === 0 || (digits < 3 && !/[-_]/.test(run) && /[a-z]/i.test(run) && !/^\d.*[a-z]$/i.test(run))) return run;
    if (/^\d{3}$/.test(run) && line.slice(0, at).endsWith('" ')) return run;
    const kinds = [/[a-f]/i, /[g-z]/i, /[-_]/].map(kind => Number(kind.test(run))).join('');
    return `\0${at === 0 && /[a-z_]/i.test(run[0]!) ? run[0] : ''}${kinds}${edge(run[0]!)}${edge(run.at(-1)!)}`;
  });
}

describe('LineScanner', () => {
  it('runs what its source says', () => {
    const script = fileURLToPath(new URL('../../../scripts/compile-assembly.mjs', import.meta.url));
    expect(spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toMatchObject({ stderr: '', status: 0 });
  });

  it('gives two texts one key when their skeletons are the same, and only then', () => {
    const next = generator(7);
    const scanner = LineScanner.take()!;
    const pieces = [
      'at',
      'node',
      ' ',
      ' ',
      '-',
      '_',
      '.',
      ':',
      '=',
      '"',
      '[',
      ']',
      '7',
      '42',
      '981',
      'ab',
      'f00',
      'x1',
      'ssh2',
      '0x',
      '/',
      '3s',
      'é',
      '\x1b',
      'abcdefghijklmnopqrstuvwxyz',
    ];
    const byKey = new Map<string, string>();
    const bySkeleton = new Map<string, string>();
    for (let round = 0; round < 40_000; round++) {
      const size = next() < 0.02 ? 300 : 1 + Math.floor(next() * 14);
      const line = Array.from({ length: size }, () => pieces[Math.floor(next() * pieces.length)]).join('');
      const bytes = Uint8Array.from(line, c => Math.min(c.charCodeAt(0), 128));
      const wanted = skeletonOf(line);
      expect([line, scanner.hasSkeleton(bytes, 0, bytes.length)]).toEqual([line, wanted !== undefined]);
      if (wanted === undefined) continue;
      const key = `${scanner.key1} ${scanner.key2}`;
      expect(byKey.get(key) ?? wanted).toBe(wanted);
      expect(bySkeleton.get(wanted) ?? key).toBe(key);
      byKey.set(key, wanted);
      bySkeleton.set(wanted, key);
    }
    expect(bySkeleton.size).toBeGreaterThan(10_000);
    scanner.release();
  });

  it('stops before a line of which it knows no kind, and at the end of the block, wherever its windows end', () => {
    const scanner = LineScanner.take()!;
    const lines = Array.from({ length: 3_000 }, (_, i) =>
      i % 1_000 === 999 ? 'é'.repeat(40) : `line ${1_000 + i} of ${'word '.repeat(i % 60)}`,
    );
    const block = encoder.encode(`${lines.join('\n')}\n`);
    scanner.begin(block);
    let at = 0;
    for (const line of lines) {
      expect(scanner.scan(at)).toBe(0);
      expect(scanner.at).toBe(at);
      const wanted = skeletonOf(line) === undefined ? NO_SKELETON : UNKNOWN;
      expect(scanner.why).toBe(wanted);
      at += encoder.encode(line).length + 1;
    }
    expect([scanner.scan(at), scanner.why, scanner.at]).toEqual([0, AT_END, block.length]);
    scanner.release();
  });

  it('knows what was entered until it is given back', () => {
    const scanner = LineScanner.take()!;
    for (let i = 1; i <= 16_384; i++) scanner.enter(i * 7919, i % 5, i === 3 ? WITHOUT_KIND : i & 1023);
    for (let i = 1; i <= 16_384; i++) expect(scanner.numberOf(i * 7919, i % 5)).toBe(i === 3 ? WITHOUT_KIND : i & 1023);
    expect(scanner.numberOf(5, 5)).toBe(-1);
    scanner.release();
    const again = LineScanner.take()!;
    expect(again.numberOf(7919, 1)).toBe(-1);
    again.release();
  });
});

describe('a parser that remembers lines', () => {
  const formats = [
    (n: number) =>
      `2024-05-01 10:${two(n % 60)}:${two(n % 59)},${100 + (n % 900)} INFO  [exec-${n % 20}] c.shop.Order - placed ${n} for ${n % 7} EUR`,
    (n: number) =>
      `May  ${1 + (n % 9)} 10:${two(n % 60)}:${two(n % 59)} web-${two(n % 40)} shopd[${1_000 + n}]: retry ${n % 5} of node${n % 3} after ${n}ms`,
    (n: number) =>
      `I0501 10:${two(n % 60)}:${two(n % 59)}.${100_000 + n} ${1_000 + (n % 90)} sync.go:${100 + (n % 800)}] synced ${n} of 0x${(n * 7).toString(16)}`,
    (n: number) => `[2024-05-0${1 + (n % 3)}T10:${two(n % 60)}:${two(n % 59)}Z WARN  shop::cart] tête ${n}`,
    (n: number) => `{"level":"info","ts":"2024-05-01T10:${two(n % 60)}:${two(n % 59)}Z","msg":"took ${n}ms","shard":${n % 16}}`,
    (n: number) => `<${n % 192}>1 2024-05-01T10:${two(n % 60)}:${two(n % 59)}.${100 + (n % 900)}Z host${n % 4} app ${n} - - up ${n}`,
    (n: number) =>
      `10.0.${n % 4}.${n % 250} - - [01/May/2024:10:${two(n % 60)}:${two(n % 59)} +0000] "GET /v1/a/${n} HTTP/1.1" ${n % 3 ? 200 : 503} ${n}`,
    (n: number) =>
      `2024-05-01T10:${two(n % 60)}:${two(n % 59)}.${100_000 + n}000Z stdout F time=2024-05-01T10:${two(n % 60)}:${two(n % 59)}.${100 + (n % 900)}Z level=INFO msg="took ${n}ms" shard=${n % 16}`,
    (n: number) =>
      `2024-05-01T10:${two(n % 60)}:${two(n % 59)}.${100_000 + n}Z stderr ${n % 50 ? 'F' : 'P'} E0501 09:${two(n % 60)}:${two(n % 59)}.000000 1 sync.go:${n % 90}] lost ${n}`,
    (n: number) =>
      `2024-05-01T10:${two(n % 60)}:00.${100_000 + n}000Z stdout F 10.0.${n % 4}.9 - - [01/May/2024:10:00:${two(n % 59)} +0000] "GET /v1/${n} HTTP/1.1" ${n % 3 ? 200 : 503} ${n}`,
    (n: number) => `java.net.SocketTimeoutException: Read timed out ${n}\n\tat shop.Wire.read(Wire.java:${n % 300})`,
  ];
  const text = (seed: number) => {
    const next = generator(seed);
    return Array.from({ length: 4_000 }, () => formats[Math.floor(next() * formats.length)]!(Math.floor(next() * 100_000))).join('\n');
  };
  const read = (bytes: Uint8Array, columns: 'all' | 'templates', chunk: number, memory?: LineMemory) => {
    const parser = logParser({ now: Date.UTC(2024, 5), columns, ...(memory && { memory, head: bytes.subarray(0, 60_000) }) });
    const records = [];
    for (let at = 0; at <= bytes.length; at += chunk) {
      const batch = at < bytes.length ? parser.push(bytes.slice(at, at + chunk)) : undefined;
      if (batch) for (let i = 0; i < batch.length; i++) records.push(recordAt(batch, i));
    }
    const rest = parser.flush();
    for (let i = 0; i < rest.length; i++) records.push(recordAt(rest, i));
    return records.map(({ line, lines, time, observed, severity, body, service, instance, format }) => ({
      line,
      lines,
      time,
      observed,
      severity,
      body,
      service,
      instance,
      format,
    }));
  };

  it.each([1, 2, 3])('reads each record as one that reads every line in full (%i)', seed => {
    const bytes = encoder.encode(text(seed));
    const whole = read(bytes, 'all', bytes.length);
    expect(read(bytes, 'templates', bytes.length)).toEqual(whole);
    expect(read(bytes, 'templates', 3_001)).toEqual(whole);
  });

  it('goes on behind a pause', () => {
    const bytes = encoder.encode(`${text(4)}\n`);
    const options = { now: Date.UTC(2024, 5) };
    const parsers = [logParser(options), logParser({ ...options, columns: 'templates' })];
    for (let round = 0; round < 3; round++) {
      const [whole, lean] = parsers.map(parser =>
        [parser.push(bytes), parser.flush()].flatMap(batch => Array.from({ length: batch.length }, (_, i) => recordAt(batch, i))),
      );
      const told = (records = whole) => records?.map(({ line, lines, time, body }) => ({ line, lines, time, body }));
      expect(told(lean)).toEqual(told(whole));
    }
  });

  it('remembers most of them', () => {
    const memory = new LineMemory();
    const bytes = encoder.encode(
      `${formats
        .slice(0, 4)
        .flatMap(format => Array.from({ length: 50 }, (_, i) => format(i * 331 + 7)))
        .join('\n')}\n`,
    );
    read(bytes, 'templates', bytes.length, memory);
    expect(memory.kinds.length).toBeGreaterThan(3);
    memory.close();
  });
});

function two(n: number): string {
  return String(n).padStart(2, '0');
}
