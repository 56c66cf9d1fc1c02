import { expect, test } from 'vitest';
import { askEach } from '../../src/investigation/fan-out.ts';
import type { Answer } from '../../src/model/answer.ts';
import { SreError } from '../../src/model/errors.ts';
import type { Io, Source } from '../../src/model/source.ts';

const io = (patience?: number, signal = new AbortController().signal): Io => ({
  signal,
  now: 0,
  deadline: 1e12,
  ...(patience === undefined ? {} : { patience: () => patience }),
  progress() {},
});

function answer(data: string): Answer<string> {
  const evidence = { source: data, signal: 'logs' as const, query: '', window: { start: 0, end: 1 }, complete: true, request: {} };
  return { data, complete: true, notes: [], evidence };
}

/** Only what a source is to those who ask several: a name, and whether it is a recording. */
const sourceOf = (id: string, recorded = false) => ({ id, kind: 'test', recorded }) as Source;
const never = new Promise<Answer<string>>(() => {});

async function asked(answers: Readonly<Record<string, Promise<Answer<string>>>>, own: Io, recorded: readonly string[] = []) {
  const sources = Object.keys(answers).map(id => sourceOf(id, recorded.includes(id)));
  const found = await askEach(
    sources,
    source => source,
    port => answers[port.id]!,
    own,
  );
  return { got: found.answers.map(one => one.source.id), notes: found.notes.map(({ what, text }) => [what, text]) };
}

test('a live source that does not answer is given up while somebody waits; the others stand', async () => {
  expect(
    await asked(
      { quick: Promise.resolve(answer('quick')), slow: never, dead: Promise.reject(new SreError('source_unavailable', 'Gone.')) },
      io(20),
    ),
  ).toEqual({
    got: ['quick'],
    notes: [
      ['slow', 'Source slow did not answer while the others had. (source_timeout)'],
      ['dead', 'Gone. (source_unavailable)'],
    ],
  });
});

test('a recording is read to its end, a source alone is waited for, and work that nobody waits for has time', async () => {
  const later = () => new Promise<Answer<string>>(done => setTimeout(() => done(answer('later')), 40));
  const quick = Promise.resolve(answer('quick'));
  expect((await asked({ quick, files: later() }, io(10), ['files'])).got).toEqual(['quick', 'files']);
  expect((await asked({ alone: later() }, io(10))).got).toEqual(['alone']);
  expect((await asked({ quick, behind: later() }, io(0))).got).toEqual(['quick', 'behind']);
  expect((await asked({ quick, untold: later() }, io())).got).toEqual(['quick', 'untold']);
});

test('cancelled: no answer at all', async () => {
  await expect(asked({ quick: Promise.resolve(answer('quick')) }, io(undefined, AbortSignal.abort()))).rejects.toMatchObject({
    code: 'cancelled',
  });
});
