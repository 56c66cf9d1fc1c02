import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { rowsOf, type TestProduct, testProduct } from '../kit/product.ts';
import { temporaryFolder } from '../kit/server.ts';

const HOUR = 3_600_000;
/** Tuesday. */
const FIRST = Date.UTC(2026, 2, 3, 10);
const WEEK_LATER = FIRST + 168 * HOUR;

type Course = (t: number) => number;

/** One value a minute of two hosts, about 40, in the hours of each part; `extra` comes on top. */
function write(folder: string, parts: readonly { from: number; hours: number; extra?: Course }[]): void {
  rmSync(join(folder, 'metrics'), { recursive: true, force: true });
  mkdirSync(join(folder, 'metrics'));
  const rows = ['time,metric,value,unit,host'];
  let state = 11;
  const noise = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647 - 0.5;
  };
  for (const { from, hours, extra } of parts)
    for (let t = from; t < from + hours * HOUR; t += 60_000)
      for (const host of ['node-0', 'node-1'])
        rows.push(`${new Date(t).toISOString()},queue_depth,${(40 + 6 * noise() + (extra?.(t) ?? 0)).toFixed(3)},1,${host}`);
  writeFileSync(join(folder, 'metrics/queue.csv'), `${rows.join('\n')}\n`);
}

function window(start: number, hours: number): string {
  return `${new Date(start).toISOString()}/${new Date(start + hours * HOUR).toISOString()}`;
}

async function product(folder: string, state?: string): Promise<TestProduct> {
  const made = await testProduct([folder], state ? { state } : {});
  onTestFinished(() => made.close());
  return made;
}

async function detect(made: TestProduct, start: number, hours: number, extra: JsonObject = {}, caller?: string): Promise<JsonObject> {
  return made.call('detect_anomalies', { window: window(start, hours), signals: ['metrics'], ...extra }, caller);
}

const spoken = (answer: JsonObject) => JSON.stringify(answer['notes']);

/** Four hours of one Tuesday, the last of them looked at, and an hour of a later Tuesday without anything between. */
async function historyGone(second: Course, first: Course = () => 0, caller?: string, weeks = 1) {
  const folder = temporaryFolder();
  write(folder, [
    { from: FIRST - 3 * HOUR, hours: 4, extra: first },
    { from: FIRST + weeks * 168 * HOUR, hours: 1, extra: second },
  ]);
  const made = await product(folder);
  return { before: await detect(made, FIRST, 1, {}, caller), made };
}

test('a series whose history is gone is held against the same hour of the week before, and the answer says so', async () => {
  const { before, made } = await historyGone(() => 30);
  expect(rowsOf(before, 'metrics')).toEqual([]);
  const after = await detect(made, WEEK_LATER, 1);
  expect(rowsOf(after, 'metrics')).toMatchObject([{ metric: 'queue_depth' }, { metric: 'queue_depth' }]);
  for (const row of rowsOf(after, 'metrics')) {
    expect(Math.abs(Number(row['before']) - 40)).toBeLessThan(1);
    expect(row['since']).toBe(new Date(WEEK_LATER).toISOString().replace('.000Z', 'Z'));
  }
  expect(spoken(after)).toContain(
    'Compared with what was kept of Tuesdays 10:00 to 11:00 UTC, up to 60 values a series since 2026-03-03T07:00:00Z',
  );
});

test('what is as it was kept is nothing odd', async () => {
  const { made } = await historyGone(() => 0);
  const after = await detect(made, WEEK_LATER, 1);
  expect(rowsOf(after, 'metrics')).toEqual([]);
  expect(spoken(after)).toContain('what was kept of Tuesdays');
});

test('nothing is kept of a window with a finding', async () => {
  const { before, made } = await historyGone(
    () => 30,
    t => (t >= FIRST + HOUR / 2 ? 30 : 0),
  );
  expect(rowsOf(before, 'metrics')).not.toEqual([]);
  const after = await detect(made, WEEK_LATER, 1);
  expect(rowsOf(after, 'metrics')).toEqual([]);
  expect(spoken(after)).not.toContain('what was kept');
});

test('a baseline belongs to the source: what one caller looked at serves another', async () => {
  const { made } = await historyGone(() => 30, undefined, 'ann');
  const answers = await Promise.all(['bob', 'eve', 'ann'].map(caller => detect(made, WEEK_LATER, 1, {}, caller)));
  for (const answer of answers) expect(rowsOf(answer, 'metrics')).toHaveLength(2);
});

test('a baseline that the caller names is the one that counts', async () => {
  const { made } = await historyGone(() => 30);
  const after = await detect(made, WEEK_LATER + HOUR / 2, 0.5, { baseline: [window(WEEK_LATER, 0.5)] });
  expect(rowsOf(after, 'metrics')).toEqual([]);
  expect(spoken(after)).not.toContain('what was kept');
});

test('after five weeks what was kept no longer counts', async () => {
  const { made } = await historyGone(() => 30, undefined, undefined, 6);
  expect(spoken(await detect(made, FIRST + 6 * 168 * HOUR, 1))).not.toContain('what was kept');
});

test('what one process kept serves the next one, when the source has forgotten', async () => {
  const [folder, state] = [temporaryFolder(), temporaryFolder()];
  write(folder, [{ from: FIRST - 3 * HOUR, hours: 4 }]);
  const first = await product(folder, state);
  await detect(first, FIRST, 1);
  // Without history itself, it waits for what is being kept.
  await detect(first, FIRST - 3 * HOUR, 1);
  write(folder, [{ from: WEEK_LATER, hours: 1, extra: () => 30 }]);
  const after = await detect(await product(folder, state), WEEK_LATER, 1);
  expect(rowsOf(after, 'metrics')).toHaveLength(2);
  expect(spoken(after)).toContain('what was kept of Tuesdays 10:00 to 11:00 UTC');
});
