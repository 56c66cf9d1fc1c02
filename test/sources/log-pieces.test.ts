import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FORMATS } from '../../src/analysis/logs/formats/index.ts';
import { logParser } from '../../src/analysis/logs/parser.ts';
import { templateMiner } from '../../src/analysis/logs/templates/miner.ts';
import { bodyAt, type LogBatch } from '../../src/model/log.ts';
import { type WorkerPool, workerPool } from '../../src/runtime/worker-pool.ts';
import { readInPieces } from '../../src/sources/files/log-parallel.ts';
import { piecesOf } from '../../src/sources/files/log-pieces.ts';
import { readPiece } from '../../src/sources/files/log-worker.ts';
import { generator as seeded } from '../analysis/logs/seeded.ts';

const folder = mkdtempSync(join(tmpdir(), 'log-pieces-'));
const options = { now: Date.UTC(2024, 5, 1) };
let pool: WorkerPool;

beforeAll(async () => {
  const outdir = join(folder, 'dist');
  const entry = new URL('../../src/sources/files/log-worker.ts', import.meta.url).pathname;
  await build({ entryPoints: [entry], outdir, outExtension: { '.js': '.mjs' }, bundle: true, format: 'esm', platform: 'node' });
  pool = workerPool({ script: pathToFileURL(join(outdir, 'log-worker.mjs')), size: 2 });
});
afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Lines of one program: a header of ours or of a format's samples, varying messages, now and then a trace or a line that is no ASCII. */
function logOf(seed: number, lines: number): string {
  const random = seeded(seed);
  const to = (n: number) => Math.floor(random() * n);
  const words = ['cart', 'order', 'stock', 'price', 'quote'];
  const headers = [
    (t: string) => `${t} INFO  [exec-${to(9)}] c.shop.${words[to(5)]}.Service - `,
    (t: string) => `<${['info', 'warn'][to(2)]}> ${t} (${words[to(5)]}) `,
    (t: string) => `{"level":"${['info', 'error'][to(2)]}","ts":"${t}","msg":"`,
    (t: string) => `May  1 ${t.slice(11, 19)} web-${to(3)} shopd[${100 + to(900)}]: `,
    (t: string) => `time=${t} level=INFO shard=${to(9)} msg="`,
  ];
  const header = headers[to(headers.length)]!;
  let t = Date.UTC(2024, 4, 1, 22);
  let text = '';
  for (let i = 0; i < lines; i++) {
    t += to(4000);
    const start = header(new Date(t).toISOString());
    const message = [
      `order ${to(1e6)} placed by ${words[to(5)]} in ${to(900)} ms`,
      `cache miss for key ${words[to(5)]}:${to(1e5)} on 10.0.${to(256)}.${to(256)}`,
      `naïve retry ${to(5)} of 5 → gave up`,
      `lease ${to(2 ** 30).toString(16)}f3a9 renewed for ${to(60)} s`,
    ][to(16) === 0 ? 2 : to(4) === 2 ? 0 : to(3) === 2 ? 3 : to(2)]!;
    const end = start.startsWith('{') ? '"}' : start.startsWith('time=') ? '"' : '';
    text += `${start}${message}${end}\n`;
    if (end === '' && to(20) === 0)
      text += `java.net.SocketTimeoutException: Read timed out\n\tat shop.net.Wire.read(Wire.java:${to(90)})\n\tat shop.App.run(App.java:7)\n`;
  }
  return text;
}

function rowsOf(batches: Iterable<LogBatch>): { rows: unknown[]; templates: unknown[] } {
  const miner = templateMiner();
  const shapes: number[] = [];
  const rows: unknown[] = [];
  for (const batch of batches) {
    for (let i = 0; i < batch.length; i++) {
      shapes.push(miner.addFrom(batch, i));
      const { t, observed, severity, service, instance, format, line, lines } = batch;
      rows.push([t[i], observed[i], severity[i], service[i], instance[i], format[i], line[i], lines[i], bodyAt(batch, i)]);
    }
  }
  const { templateOf, templates } = miner.cluster();
  return { rows, templates: shapes.map(shape => templates[templateOf[shape]!]!.id) };
}

function inOneGo(text: string): ReturnType<typeof rowsOf> {
  const parser = logParser(options);
  return rowsOf([parser.push(Buffer.from(text)), parser.flush()]);
}

describe('a log in pieces', () => {
  test('gives the records and templates of one reading, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 20_000, max: 90_000 }), async (seed, piece) => {
        const text = logOf(seed, 4000);
        const path = join(folder, 'one.log');
        writeFileSync(path, text);
        const cut = await piecesOf(path, 0, statSync(path).size, options, piece);
        expect(cut!.pieces.length).toBeGreaterThan(2);
        const pool: WorkerPool = { size: 1, run: async task => readPiece(task as never) as never, close: async () => undefined };
        const batches: LogBatch[] = [];
        for await (const batch of readInPieces({ path, pieces: cut!, options }, pool, { damage: undefined })) batches.push(batch);
        const whole = inOneGo(text);
        const pieces = rowsOf(batches);
        expect(pieces.rows).toEqual(whole.rows);
        expect(pieces.templates).toEqual(whole.templates);
      }),
      { numRuns: 8, seed: 7 },
    );
  });

  test('by threads', async () => {
    const text = logOf(3, 12_000);
    const path = join(folder, 'threads.log');
    writeFileSync(path, text);
    const cut = await piecesOf(path, 0, statSync(path).size, options, 100_000);
    const batches: LogBatch[] = [];
    for await (const batch of readInPieces({ path, pieces: cut!, options }, pool, { damage: undefined })) batches.push(batch);
    expect(rowsOf(batches)).toEqual(inOneGo(text));
  });

  test('whoever stops early leaves no task behind', async () => {
    const path = join(folder, 'early.log');
    writeFileSync(path, logOf(5, 12_000));
    const cut = await piecesOf(path, 0, statSync(path).size, options, 50_000);
    for await (const batch of readInPieces({ path, pieces: cut!, options }, pool, { damage: undefined })) {
      expect(batch.length).toBeGreaterThan(0);
      break;
    }
    const stop = new AbortController();
    const reading = readInPieces({ path, pieces: cut!, options, signal: stop.signal }, pool, { damage: undefined });
    await reading.next();
    stop.abort(new Error('called off'));
    await expect(
      (async () => {
        for await (const _ of reading);
      })(),
    ).rejects.toThrow('called off');
  });

  test('a file that was cut meanwhile is said to be', async () => {
    const path = join(folder, 'cut.log');
    const text = logOf(9, 6000);
    writeFileSync(path, text);
    const cut = await piecesOf(path, 0, Buffer.byteLength(text), options, 50_000);
    writeFileSync(path, text.slice(0, 120_000));
    const state = { damage: undefined as string | undefined };
    let records = 0;
    for await (const batch of readInPieces({ path, pieces: cut!, options }, pool, state)) records += batch.length;
    expect(records).toBeGreaterThan(100);
    expect(state.damage).toMatch(/^was cut while it was read: \d+ bytes are gone$/);
  });

  test('what needs to be read in one go is not cut', async () => {
    const lines = (line: (i: number) => string) => Array.from({ length: 5000 }, (_, i) => line(i)).join('\n');
    const texts = {
      short: lines(i => `2024-05-01T10:00:00Z INFO m ${i}`).slice(0, 10_000),
      'without headers': lines(i => `some words ${i}`),
      'of many pods': lines(i => `[pod/cart-${i % 3}/cart] 2024-05-01T10:00:00Z INFO order ${i} placed`),
      'without dates': lines(i => `10:00:${String(i % 60).padStart(2, '0')}.123 [main] INFO  shop.Cart - order ${i}`),
    };
    for (const [name, text] of Object.entries(texts)) {
      const path = join(folder, 'whole.log');
      writeFileSync(path, text);
      expect(await piecesOf(path, 0, Buffer.byteLength(text), options, 20_000), name).toBeUndefined();
    }
    const wide = join(folder, 'wide.log');
    writeFileSync(wide, Buffer.from(`\ufeff${texts.short.repeat(20)}`, 'utf16le'));
    expect(await piecesOf(wide, 0, statSync(wide).size, options, 20_000)).toBeUndefined();
  });
});

describe('a reader of templates', () => {
  test('sees the same records as a reader of everything, in mixtures of all formats whose numbers differ', () => {
    const samples = FORMATS.flatMap(format => format.samples.map(({ line }) => line));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), seed => {
        const random = seeded(seed);
        const few = Array.from({ length: 12 }, () => samples[Math.floor(random() * samples.length)]!);
        const text = Array.from({ length: 1500 }, () =>
          // numbers that can be no part of a stamp: their digits decide about level, status and place in the source
          few[Math.floor(random() * few.length)]!.replace(/(?<![\d:./T-])(?:\d{3}|\d{5})(?![\d:./T-])/g, number =>
            [...number].map(() => 1 + Math.floor(random() * 9)).join(''),
          ),
        ).join('\n');
        const lean = logParser({ ...options, columns: 'templates' });
        expect(rowsOf([lean.push(Buffer.from(text)), lean.flush()])).toEqual(inOneGo(text));
      }),
      { numRuns: 40, seed: 11 },
    );
  });
});
