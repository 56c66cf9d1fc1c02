import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SreError } from '../../src/model/errors.ts';
import type { Io } from '../../src/model/source.ts';
import { FAULTS, type FaultyProxy, faultyProxy, VENDOR_TEXT } from '../kit/faulty-proxy.ts';
import { closedPort } from '../kit/loopback.ts';
import { replayer } from '../kit/recording.ts';
import { NOW } from './data.ts';
import { HTTP_SUBJECTS, type HttpSubject, PASSWORD, recordingOf, sourceAt } from './http-subjects.ts';

/** What hangs is given up after so long; everything else comes to an end by itself. */
const io = (hangs = false): Io => ({
  signal: new AbortController().signal,
  now: NOW,
  deadline: NOW + (hangs ? 150 : 60_000),
  progress() {},
});
/** Pauses between tries are as short as can be; how long they are is tested with a clock of its own. */
const QUICK = { resilience: { pauseMs: 1 } };

interface Outcome {
  /** `answer`, or the code. */
  readonly code: string;
  /** Everything that a caller sees. */
  readonly said: string;
  readonly hint: string;
}

async function outcomeOf(work: Promise<unknown>): Promise<Outcome> {
  return await work.then(
    answer => ({ code: 'answer', said: JSON.stringify(answer), hint: '' }),
    (error: SreError) => ({ code: error.code ?? String(error), said: `${error.message} ${error.hint}`, hint: error.hint }),
  );
}

describe.each(HTTP_SUBJECTS)('$name behind faults', subject => {
  let proxy: FaultyProxy;
  const closing: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const honest = await replayer(recordingOf(subject), close => closing.push(close));
    proxy = await faultyProxy(honest.url, close => closing.push(close));
  });
  afterAll(async () => void (await Promise.all(closing.map(close => close()))));

  async function asked(work: (source: ReturnType<typeof sourceAt>['source']) => Promise<unknown>): Promise<Outcome> {
    const { source, http } = sourceAt(subject, proxy.url, QUICK);
    const outcome = await outcomeOf(work(source));
    await http.close();
    return outcome;
  }

  test('at least twenty kinds', () => {
    expect(FAULTS.length).toBeGreaterThanOrEqual(20);
    expect(new Set(FAULTS.map(fault => fault.name)).size).toBe(FAULTS.length);
  });

  describe.each(subject.asked.map(one => [one.signal, one] as const))('%s', (_signal, one) => {
    test.each(FAULTS.map(fault => [fault.name, fault] as const))('%s', async (_name, fault) => {
      proxy.inject(undefined);
      const honest = await asked(source => query(source, one));
      proxy.inject(fault);
      const { code, said, hint } = await asked(source => query(source, one, fault.hangs));
      expect(honest.code).toBe('answer');
      expect(fault.expect).toContain(code);
      expect(said).not.toContain(VENDOR_TEXT.slice(0, 13));
      expect(said).not.toContain(PASSWORD);
      if (code !== 'answer') expect(hint).not.toBe('');
      else if (fault.expect.length === 1) expect(JSON.parse(said)['data']).toEqual(JSON.parse(honest.said)['data']);
    });
  });

  test.each(FAULTS.map(fault => [fault.name, fault] as const))('its doctor says what is wrong: %s', async (_name, fault) => {
    proxy.inject(fault);
    const { code, said } = await asked(source => source.check(io(fault.hangs)));
    expect(code).toBe('answer');
    expect(stateOf(fault.expect)).toContain(JSON.parse(said)['state']);
    expect(said).not.toContain(VENDOR_TEXT.slice(0, 13));
    expect(said).not.toContain(PASSWORD);
    if (fault.remedy && !fault.expect.includes('answer')) expect(said).toContain('"remedy"');
  });

  test('nobody listens', async () => {
    const { source, http } = sourceAt(subject, `http://127.0.0.1:${await closedPort()}`, QUICK);
    expect((await outcomeOf(query(source, subject.asked[0]!))).code).toBe('source_unavailable');
    expect(await source.check(io())).toMatchObject({ state: 'unreachable' });
    await http.close();
  });
});

function query(
  source: ReturnType<typeof sourceAt>['source'],
  { signal, window, query: rest }: HttpSubject['asked'][number],
  hangs = false,
): Promise<unknown> {
  const port = source[signal] as { query(q: object, own: Io): Promise<unknown> };
  return port.query({ window, ...rest }, io(hangs));
}

function stateOf(codes: readonly string[]): string[] {
  return codes.flatMap(code => {
    if (code === 'answer') return ['ok', 'degraded'];
    return code === 'unauthenticated' || code === 'forbidden' ? [code] : ['unreachable'];
  });
}
