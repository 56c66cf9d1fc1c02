import { expect, test } from 'vitest';
import type { Reply } from '../../src/model/answer.ts';
import { batchOf } from '../../src/model/log.ts';
import type { LogScan, Source } from '../../src/model/source.ts';
import type { Context } from '../../src/model/tool.ts';
import { memoryStore } from '../../src/store/store.ts';
import { clusterLogs } from '../../src/tools/cluster-logs.ts';
import { queryLogs } from '../../src/tools/query-logs.ts';

const T = Date.UTC(2026, 0, 5, 10);
const WINDOW = `${new Date(T).toISOString()}/${new Date(T + 3_600_000).toISOString()}`;

/** A source whose second batch comes when the test says so. */
function halting(): { source: Source; go(): void } {
  let go = () => {};
  const going = new Promise<void>(done => {
    go = done;
  });
  const batch = (body: string, at: number) =>
    batchOf([
      {
        ...{ line: 1, lines: 1, time: T + at, observed: Number.NaN, severity: 17, severityText: 'ERROR', service: 'cart', instance: '' },
        ...{ body, traceId: '', spanId: '', attributes: undefined, format: 'plain' },
      },
    ]);
  const evidence = {
    source: 'slow',
    signal: 'logs' as const,
    query: 'all',
    window: { start: T, end: T + 3_600_000 },
    complete: true,
    request: {},
  };
  const scan = (): LogScan => ({
    batches: (async function* () {
      yield batch('connection to 10.0.0.1 refused', 0);
      await going;
      yield batch('disk full', 1000);
    })(),
    finish: () => ({ data: null, complete: true, notes: [], evidence }),
  });
  const source: Source = {
    id: 'slow',
    kind: 'test',
    recorded: true,
    logs: { scan, query: () => Promise.reject(new Error('not asked')) },
    describe: () => Promise.reject(new Error('not asked')),
    check: () => Promise.resolve({ state: 'ok', notes: [] }),
  };
  return { source, go };
}

test.each([
  ['cluster_logs', clusterLogs, 'templates'],
  ['query_logs', queryLogs, 'records'],
])('%s answers in part with what was read so far, and says that the rest is missing', async (_name, tool, key) => {
  const { source, go } = halting();
  let inPart: (() => Reply) | undefined;
  let read = () => {};
  const first = new Promise<void>(done => {
    read = done;
  });
  const recorded: boolean[] = [];
  const context: Context = {
    ...{
      signal: new AbortController().signal,
      now: T + 3_600_000,
      deadline: T + 7_200_000,
      zone: 'UTC',
      recordedNow: false,
      sources: [source],
      store: memoryStore(),
    },
    caller: { id: 'local', scopes: [] },
    progress: read,
    publish: reply => {
      inPart = reply;
    },
    record: evidence => {
      recorded.push(evidence.complete);
      return 'ev_test';
    },
  };
  const input = tool.input.parse({ window: WINDOW });
  const whole = tool.run(input, context);
  await Promise.race([first, whole]);
  const part = inPart!();
  expect(part.sections).toMatchObject([{ key, rows: [{ evidence: 'ev_test' }] }]);
  expect(part.notes).toContainEqual(
    expect.objectContaining({
      kind: 'not_looked_at',
      text: expect.stringContaining('1 matching record'),
      remedy: expect.stringContaining('continue_id'),
    }),
  );
  expect(recorded).toEqual([false]);
  go();
  const reply = await whole;
  expect(reply.sections).toMatchObject([{ key, rows: [{}, {}] }]);
  expect(reply.notes.filter(note => note.kind === 'not_looked_at')).toEqual([]);
  expect(recorded).toEqual([false, true]);
});
