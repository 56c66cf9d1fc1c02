import { expect, test } from 'vitest';
import { createJobs, type JobHandle, type JobLimits, type Timer } from '../../src/exit/deadline.ts';
import type { Reply } from '../../src/model/answer.ts';

/** A clock that only moves when it is told to. */
function handClock(): { timer: Timer; pass(ms: number): Promise<void>; waiting(): number } {
  let now = 0;
  const waiting = new Set<{ at: number; then: () => void }>();
  return {
    timer: (ms, then) => {
      const entry = { at: now + ms, then };
      waiting.add(entry);
      return () => waiting.delete(entry);
    },
    async pass(ms) {
      // Work that was started must have reached its first wait.
      await settle();
      now += ms;
      for (const entry of [...waiting].sort((a, b) => a.at - b.at)) {
        if (entry.at > now || !waiting.delete(entry)) continue;
        entry.then();
      }
      await settle();
    },
    waiting: () => waiting.size,
  };
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

function world(limits: JobLimits = {}) {
  const clock = handClock();
  const jobs = createJobs({ timer: clock.timer, ...limits });
  const call = (caller = 'alice', signal = new AbortController().signal, tool = 'investigate') => ({ caller, tool, signal });
  return { clock, jobs, call };
}

/** A tool that ends when it is told to. */
function tool() {
  let end!: (reply: Reply) => void;
  let fail!: (error: Error) => void;
  let handle: JobHandle | undefined;
  const done = new Promise<Reply>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const run = (given: JobHandle) => {
    handle = given;
    return done;
  };
  return { run, end, fail, handle: () => handle! };
}

const reply = (summary: string): Reply => ({ summary, sections: [], notes: [] });

test('a tool that is done in time answers at once and leaves nothing behind', async () => {
  const { jobs, call, clock } = world();
  expect(await jobs.run(call(), async () => reply('done'))).toEqual({ reply: reply('done') });
  expect(clock.waiting()).toBe(0);
});

test('at the deadline the last published reply goes out, and the same tool called with its id waits for the rest', async () => {
  const { jobs, call, clock } = world();
  const slow = tool();
  const first = jobs.run(call(), slow.run);
  await settle();
  slow.handle().publish(() => reply('half'));
  slow.handle().publish(() => reply('more than half'));
  await clock.pass(25_000);
  const part = await first;
  expect(part).toMatchObject({
    reply: { summary: 'more than half' },
    continue: { id: expect.stringMatching(/^c_[0-9a-f]{24}$/), running: expect.stringContaining('continue_id') },
  });
  const second = jobs.resume(call(), part.continue!.id);
  await clock.pass(25_000);
  expect((await second).continue).toEqual(part.continue);
  const third = jobs.resume(call(), part.continue!.id);
  slow.end(reply('whole'));
  expect(await third).toEqual({ reply: reply('whole') });
  await expect(jobs.resume(call(), part.continue!.id)).rejects.toMatchObject({ code: 'not_found' });
  expect(clock.waiting()).toBe(0);
});

test('without a published reply the answer says that it still runs', async () => {
  const { jobs, call, clock } = world();
  const first = jobs.run(call(), tool().run);
  await clock.pass(25_000);
  expect((await first).reply.summary).toBe('investigate is still running.');
});

test('a caller brings his own deadline', async () => {
  const { jobs, call, clock } = world();
  const first = jobs.run({ ...call(), deadlineMs: 1000 }, tool().run);
  await clock.pass(1000);
  expect((await first).continue).toBeDefined();
});

test('what ends between two calls is kept for a while, then forgotten', async () => {
  const { jobs, call, clock } = world({ keptMs: 60_000 });
  const [kept, forgotten] = [tool(), tool()];
  const runs = [jobs.run(call(), kept.run), jobs.run(call(), forgotten.run)];
  await clock.pass(25_000);
  const ids = (await Promise.all(runs)).map(part => part.continue!.id);
  kept.end(reply('whole'));
  forgotten.end(reply('whole'));
  await clock.pass(59_000);
  expect(await jobs.resume(call(), ids[0]!)).toEqual({ reply: reply('whole') });
  await clock.pass(1000);
  await expect(jobs.resume(call(), ids[1]!)).rejects.toMatchObject({ code: 'not_found' });
});

test('an id belongs to its caller and its tool', async () => {
  const { jobs, call, clock } = world();
  const slow = tool();
  const first = jobs.run(call('alice'), slow.run);
  await clock.pass(25_000);
  const { id } = (await first).continue!;
  await expect(jobs.resume(call('bob'), id)).rejects.toMatchObject({
    code: 'not_found',
    hint: expect.stringContaining('without continue_id'),
  });
  await expect(jobs.resume({ ...call('alice'), tool: 'query_logs' }, id)).rejects.toMatchObject({ code: 'not_found' });
  slow.end(reply('hers'));
  expect(await jobs.resume(call('alice'), id)).toEqual({ reply: reply('hers') });
});

test('a cancel stops the work, before the deadline and while waiting for the rest', async () => {
  const { jobs, call, clock } = world();
  const [early, late] = [tool(), tool()];
  const cancel = new AbortController();
  const first = jobs.run(call('alice', cancel.signal), early.run);
  await settle();
  cancel.abort();
  await expect(first).rejects.toMatchObject({ code: 'cancelled' });
  expect(early.handle().signal.aborted).toBe(true);

  const second = jobs.run(call(), late.run);
  await clock.pass(25_000);
  const { id } = (await second).continue!;
  const cancelLater = new AbortController();
  const third = jobs.resume(call('alice', cancelLater.signal), id);
  await settle();
  expect(late.handle().signal.aborted).toBe(false);
  cancelLater.abort();
  await expect(third).rejects.toMatchObject({ code: 'cancelled' });
  expect(late.handle().signal.aborted).toBe(true);
  await expect(jobs.resume(call(), id)).rejects.toMatchObject({ code: 'not_found' });
  expect(clock.waiting()).toBe(0);

  const gone = new AbortController();
  gone.abort();
  await expect(jobs.run(call('alice', gone.signal), tool().run)).rejects.toMatchObject({ code: 'cancelled' });
});

test('the client going away after a partial answer does not stop the work', async () => {
  const { jobs, call, clock } = world();
  const slow = tool();
  const client = new AbortController();
  const first = jobs.run(call('alice', client.signal), slow.run);
  await clock.pass(25_000);
  await first;
  client.abort();
  expect(slow.handle().signal.aborted).toBe(false);
});

test('work in the background is bounded in time', async () => {
  const { jobs, call, clock } = world({ longestMs: 100_000 });
  const endless = tool();
  const first = jobs.run(call(), endless.run);
  await clock.pass(25_000);
  const { id } = (await first).continue!;
  const waiting = jobs.resume({ ...call(), deadlineMs: 500_000 }, id);
  const rejected = expect(waiting).rejects.toMatchObject({ code: 'deadline_exceeded' });
  await clock.pass(100_000);
  await rejected;
  expect(endless.handle().signal.aborted).toBe(true);
});

test('work in the background is bounded in number: what nobody fetched makes way, what runs does not', async () => {
  const { jobs, call, clock } = world({ most: 3, mostOfCaller: 2 });
  const start = async (caller: string) => {
    const work = tool();
    const run = jobs.run(call(caller), work.run);
    await clock.pass(25_000);
    return { work, outcome: await run };
  };
  const [one, two] = [await start('alice'), await start('alice')];
  const three = await start('alice');
  expect(three.outcome.continue).toBeUndefined();
  expect(three.outcome.reply).toMatchObject({ summary: 'investigate was stopped at its deadline.', notes: [{ kind: 'not_looked_at' }] });
  expect(three.work.handle().signal.aborted).toBe(true);
  one.work.end(reply('unfetched'));
  await settle();
  expect((await start('alice')).outcome.continue).toBeDefined();
  await expect(jobs.resume(call('alice'), one.outcome.continue!.id)).rejects.toMatchObject({ code: 'not_found' });
  // Alice's two leave room for one of Bob's, not for a second.
  expect((await start('bob')).outcome.continue).toBeDefined();
  expect((await start('bob')).outcome.continue).toBeUndefined();
  expect(two.work.handle().signal.aborted).toBe(false);
});

test('a failure in the background reaches who asks for it, and nobody else', async () => {
  const { jobs, call, clock } = world();
  const slow = tool();
  const first = jobs.run(call(), slow.run);
  await clock.pass(25_000);
  const { id } = (await first).continue!;
  slow.fail(new Error('broken'));
  await settle();
  await expect(jobs.resume(call(), id)).rejects.toThrow('broken');
  await expect(jobs.resume(call(), id)).rejects.toMatchObject({ code: 'not_found' });
  await expect(jobs.run(call(), () => Promise.reject(new Error('at once')))).rejects.toThrow('at once');
});

test('closing stops what runs', async () => {
  const { jobs, call, clock } = world();
  const slow = tool();
  const first = jobs.run(call(), slow.run);
  await clock.pass(25_000);
  await first;
  jobs.close();
  expect(slow.handle().signal.aborted).toBe(true);
  expect(clock.waiting()).toBe(0);
});
