import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Reply } from '../../src/model/answer.ts';
import { SreError } from '../../src/model/errors.ts';
import { type Context, defineTool, READ_ONLY } from '../../src/model/tool.ts';
import { clientOf, testApplication } from '../kit/application.ts';
import { smallIncident } from '../kit/telemetry.ts';

const REPLY: Reply = { summary: 'Done.', sections: [], notes: [] };

/** A tool whose course the test decides. */
function scripted(run: (context: Context, input: Record<string, unknown>) => Promise<Reply>) {
  return defineTool({
    name: 'scripted',
    title: 'Scripted',
    description: 'Does what a test says.',
    input: z.strictObject({ word: z.string().optional().describe('A word.') }),
    annotations: READ_ONLY,
    defaultTokens: 2000,
    run: (input, context) => run(context, input),
  });
}

function structured(result: { structuredContent?: unknown }): Record<string, unknown> {
  return result.structuredContent as Record<string, unknown>;
}

test('an unknown argument is named, with the nearest that exists', async () => {
  const client = await clientOf(testApplication([], [scripted(async () => REPLY)]));
  const result = await client.callTool({ name: 'scripted', arguments: { wrod: 'x' } });
  expect(result.isError).toBe(true);
  expect(structured(result)).toEqual({
    error: { code: 'unknown_argument', message: 'scripted has no argument "wrod".', hint: 'Did you mean word?', retryable: false },
  });
  expect(result.content).toMatchObject([{ type: 'text', text: expect.stringMatching(/wrod.*Did you mean word\?/) }]);
});

test.each([
  [{ word: 7 }, /word must be a text/],
  [{ max_tokens: 5 }, /max_tokens must be at least 200/],
  [{ max_tokens: 20_000 }, /max_tokens must be at most 10000/],
  [{ deadline_seconds: 0 }, /deadline_seconds must be at least 1/],
  [{ deadline_seconds: 601 }, /deadline_seconds must be at most 600/],
])('a wrong argument is said and can be mended: %j', async (args, sentence) => {
  const client = await clientOf(testApplication([], [scripted(async () => REPLY)]));
  const result = await client.callTool({ name: 'scripted', arguments: args });
  expect(result.isError).toBe(true);
  expect(structured(result)['error']).toMatchObject({ code: 'invalid_argument', message: expect.stringMatching(sentence) });
});

test('without a source every answer says so', async () => {
  const client = await clientOf(testApplication([]));
  const result = await client.callTool({ name: 'discover', arguments: {} });
  expect(result.isError).toBeFalsy();
  expect(structured(result)['notes']).toMatchObject([{ kind: 'not_looked_at', what: 'sources' }]);
});

test('both forms of a real answer state the same facts', async () => {
  const client = await clientOf(testApplication([smallIncident()]));
  const result = await client.callTool({ name: 'query_logs', arguments: { level: 'ERROR', window: 'last 10m' } });
  const { matched, records } = structured(result) as { matched: number; records: { body: string; evidence: string }[] };
  expect(matched).toBeGreaterThan(50);
  const text = (result.content as { text: string }[])[0]!.text;
  expect(text).toContain(String(matched));
  for (const record of records) {
    expect(text).toContain(record.body);
    expect(record.evidence).toMatch(/^ev_/);
  }
});

test('a tool that knows what is wrong tells it; one that breaks tells nothing but the operator', async () => {
  const application = testApplication(
    [],
    [
      scripted(async (_context, { word }) => {
        if (word === 'known')
          throw new SreError('source_timeout', 'The source took too long.', { hint: 'Narrow the window.', retryable: true });
        throw new Error('secret detail of a back end');
      }),
    ],
  );
  const client = await clientOf(application);
  const known = await client.callTool({ name: 'scripted', arguments: { word: 'known' } });
  expect(structured(known)['error']).toEqual({
    code: 'source_timeout',
    message: 'The source took too long.',
    hint: 'Narrow the window.',
    retryable: true,
  });
  const broken = await client.callTool({ name: 'scripted', arguments: {} });
  expect(structured(broken)['error']).toMatchObject({ code: 'internal' });
  expect(JSON.stringify(broken)).not.toMatch(/secret detail/);
  expect(application.reported()).toMatch(/secret detail of a back end/);
});

test('progress reaches who asked for it, and only forward', async () => {
  const client = await clientOf(
    testApplication(
      [],
      [
        scripted(async context => {
          context.progress(1, 3, 'first');
          context.progress(3, 3, 'last');
          context.progress(2, 3, 'late');
          return REPLY;
        }),
      ],
    ),
  );
  const seen: unknown[] = [];
  await client.callTool({ name: 'scripted', arguments: {} }, { onprogress: step => seen.push([step.progress, step.total, step.message]) });
  expect(seen).toEqual([
    [1, 3, 'first'],
    [3, 3, 'last'],
  ]);
});

test('a cancelled call stops its tool', async () => {
  let started = () => {};
  const running = new Promise<void>(done => {
    started = done;
  });
  let stopped = () => {};
  const aborted = new Promise<void>(done => {
    stopped = done;
  });
  const tool = scripted(context => {
    started();
    return new Promise((_, failed) => {
      context.signal.addEventListener('abort', () => {
        stopped();
        failed(context.signal.reason);
      });
    });
  });
  const client = await clientOf(testApplication([], [tool]));
  const abort = new AbortController();
  const call = client.callTool({ name: 'scripted', arguments: {} }, { signal: abort.signal });
  await running;
  abort.abort();
  await expect(call).rejects.toThrow();
  await aborted;
  expect((await client.listTools()).tools.length).toBeGreaterThan(1);
});

test('past its deadline a call answers in part, and goes on with continue_id for the same caller only', async () => {
  let finish = () => {};
  const go = new Promise<void>(done => {
    finish = done;
  });
  const tool = scripted(async context => {
    const evidence = context.record({ source: 's', signal: 'logs', query: 'q', window: { start: 0, end: 1 }, complete: true, request: {} });
    context.publish(() => ({ ...REPLY, summary: 'Half of it.' }));
    await go;
    return { ...REPLY, summary: 'All of it.', evidence: [evidence] };
  });
  const application = testApplication([], [tool]);
  const client = await clientOf(application, 'first');
  const other = await clientOf(application, 'second');

  const half = structured(await client.callTool({ name: 'scripted', arguments: { deadline_seconds: 1 } }));
  expect(half['summary']).toBe('Half of it.');
  const { id } = half['continue'] as { id: string };

  const stranger = await other.callTool({ name: 'scripted', arguments: { continue_id: id } });
  expect(structured(stranger)['error']).toMatchObject({ code: 'not_found' });

  finish();
  const whole = structured(await client.callTool({ name: 'scripted', arguments: { continue_id: id } }));
  expect(whole['summary']).toBe('All of it.');
  expect(whole['continue']).toBeUndefined();
  const [kept] = whole['evidence'] as string[];
  const store = await application.store();
  expect(await store.evidence('first', kept!)).toMatchObject({ query: 'q' });
  expect(await store.evidence('second', kept!)).toBeUndefined();
});

test('what a caller was given is found by that caller only', async () => {
  const application = testApplication([smallIncident()]);
  const first = await clientOf(application, 'first');
  const second = await clientOf(application, 'second');
  const { result } = structured(await first.callTool({ name: 'query_logs', arguments: { window: 'last 1h' } })) as {
    result: { id: string };
  };
  expect((await first.callTool({ name: 'get_result', arguments: { id: result.id } })).isError).toBeFalsy();
  const refused = await second.callTool({ name: 'get_result', arguments: { id: result.id } });
  expect(structured(refused)['error']).toMatchObject({ code: 'not_found' });
});
