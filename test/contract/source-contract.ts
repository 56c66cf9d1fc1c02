import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Note } from '../../src/model/answer.ts';
import { SreError } from '../../src/model/errors.ts';
import type { Signal } from '../../src/model/evidence.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { type LogBatch, recordAt } from '../../src/model/log.ts';
import type { Series } from '../../src/model/series.ts';
import type { Io, Source } from '../../src/model/source.ts';
import type { SpanBatch } from '../../src/model/span.ts';
import type { Millis, TimeWindow } from '../../src/model/time.ts';

/** A question about one signal, small enough to be asked often, and what a source must know about it. */
export interface Asked {
  readonly signal: 'logs' | 'metrics' | 'traces' | 'alerts' | 'changes';
  /** All of it lies in here. */
  readonly window: TimeWindow;
  /** Beside the window. */
  readonly query?: JsonObject;
  /** Rows that the window holds; at least three instants. */
  readonly rows: number;
  /** Wrong by a letter or two, with the right word that must be proposed. */
  readonly misspelt?: readonly { readonly query: JsonObject; readonly right: string }[];
  /** Rows are stretches of time that belong to every window they touch. */
  readonly stretches?: true;
  /** Rows of the answer can be limited. */
  readonly limited?: true;
}

/** What is known of a subject before it is made. */
export interface Terms {
  readonly asked: readonly Asked[];
  /** What is read as a whole. */
  readonly dashboards?: { readonly ids: readonly string[]; readonly misspelt: string; readonly right: string };
  readonly edges?: number;
  readonly services?: readonly string[];
  /** The source stops by itself at the deadline. @default true; files are local, and whoever waits for them is answered in part at his deadline */
  readonly deadline?: boolean;
}

export interface Subject {
  readonly source: Source;
  readonly now: Millis;
  /** Words that no answer and no error may hold. */
  readonly secrets: readonly string[];
  /** Evidence has a link to the source's own page, at this address. */
  readonly page?: string;
  /** The server behind it: what it still works on, and a way to make it wait. */
  readonly counterpart?: { underWay(): number; hold(): () => void };
  /** The same, but that something it stands on cannot be read. */
  partial(): Promise<Source>;
  /** The same source with nothing remembered. */
  again?(): Source;
  close?(): Promise<void>;
}

/** A row of any answer: when, and what it says. */
interface Row {
  readonly t: Millis;
  readonly text: string;
}

const YEARS = 10 * 365 * 86_400_000;

/** What every source keeps to, whatever is behind it. */
export function sourceContract(
  name: string,
  { asked, dashboards, edges, services, deadline = true }: Terms,
  make: () => Promise<Subject>,
): void {
  let subject: Subject;
  beforeAll(async () => {
    subject = await make();
  });
  afterAll(() => subject.close?.());

  const io = (signal = new AbortController().signal, ends = subject.now + 60_000): Io => ({
    signal,
    now: subject.now,
    deadline: ends,
    progress() {},
  });
  const ask = ({ signal, window, query }: Asked, changed: object = {}, own = io()) =>
    answerOf(subject.source, signal, { window, ...query, ...changed }, own);
  describe(`${name} keeps the contract`, () => {
    test('it has the ports that it is asked for', () => {
      const ports = (['logs', 'metrics', 'traces', 'alerts', 'changes'] as const).filter(port => subject.source[port]);
      expect(ports).toEqual(asked.map(one => one.signal));
    });

    test('it is healthy', async () => {
      const health = await subject.source.check(io());
      expect(health.notes.filter(note => note.kind === 'not_looked_at')).toEqual([]);
      expect(['ok', 'degraded']).toContain(health.state);
    });

    test('it describes what it holds, all of it or what mentions a word', async () => {
      const { data, evidence } = await subject.source.describe(undefined, io());
      expect(data.items.length).toBeGreaterThan(0);
      expect(evidence.source).toBe(subject.source.id);
      const one = data.items[0]!;
      const some = await subject.source.describe(one.name, io());
      expect(some.data.items.map(item => item.name)).toContain(one.name);
      expect((await subject.source.describe('zzqq-no-such-thing', io())).data.items).toEqual([]);
    });

    describe.each(asked.map(one => [one.signal, one] as const))('%s', (signal, one) => {
      test('all of it comes, in order of time', async () => {
        const { answer, rows, ordered } = await ask(one);
        expect(rows.length).toBe(one.rows);
        expect(answer.complete).toBe(true);
        expect(ordered).toBe(true);
      });

      test('the window is half open', async () => {
        const { rows } = await ask(one);
        const times = [...new Set(rows.map(row => row.t))].sort((a, b) => a - b);
        const [from, to] = [times[1]!, times[times.length - 1]!];
        expect(to).toBeGreaterThan(from);
        const inside = await ask(one, { window: { start: from, end: to } });
        const expected = rows.filter(row => row.t < to && (one.stretches || row.t >= from));
        expect(texts(inside.rows)).toEqual(texts(expected));
      });

      test('nothing there: an answer, and what to do next', async () => {
        const { start } = one.window;
        const { rows, answer } = await ask(one, { window: { start: start - YEARS, end: start - YEARS + 3_600_000 } });
        expect(rows).toEqual([]);
        expect(nextSteps(answer.notes)).not.toEqual([]);
      });

      if (one.limited) {
        test('what is left out is said', async () => {
          const { rows, answer } = await ask(one, { limit: 1 });
          expect(rows.length).toBeLessThan(one.rows);
          expect(answer.complete).toBe(false);
          expect(answer.evidence.complete).toBe(false);
          expect(answer.notes.map(note => note.kind)).toContain('truncated');
        });
      }

      test('what could not be read is said, and the rest stands', async () => {
        const { rows, answer } = await answerOf(await subject.partial(), signal, { window: one.window, ...one.query }, io());
        expect(rows.length).toBeGreaterThanOrEqual(one.rows);
        expect(answer.complete).toBe(false);
        expect(answer.evidence.complete).toBe(false);
        const missing = answer.notes.filter(note => note.kind === 'not_looked_at' && note.what);
        expect(missing).not.toEqual([]);
      });

      if (one.misspelt) {
        test.each(one.misspelt)('a name that is not there: $right is proposed', async ({ query, right }) => {
          const { rows, answer } = await ask(one, query);
          expect(rows).toEqual([]);
          expect(nextSteps(answer.notes).join(' ')).toContain(right);
        });
      }

      test('the evidence says what ran and runs again to the same rows', async () => {
        const { rows, answer } = await ask(one);
        const { evidence } = answer;
        expect(evidence).toMatchObject({ source: subject.source.id, signal, window: one.window, complete: true });
        expect(evidence.query).not.toBe('');
        expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
        if (subject.page) {
          expect(evidence.link).toContain(subject.page);
          expect(URL.canParse(evidence.link!)).toBe(true);
        }
        const again = await answerOf(subject.source, signal, evidence.request, io());
        expect(texts(again.rows)).toEqual(texts(rows));
        expect(again.answer.evidence.query).toBe(evidence.query);
      });

      test('a cancelled caller hears at once, and nothing runs on', async () => {
        const source = subject.again?.() ?? subject.source;
        const asking = (signal: AbortSignal) => outcome(answerOf(source, one.signal, { window: one.window, ...one.query }, io(signal)));
        expect(stopped(await asking(AbortSignal.abort()))).toBe(true);
        const stop = new AbortController();
        const release = subject.counterpart?.hold();
        const answer = asking(stop.signal);
        if (subject.counterpart) await until(() => subject.counterpart!.underWay() > 0);
        stop.abort();
        expect(stopped(await answer)).toBe(true);
        await until(() => (subject.counterpart?.underWay() ?? 0) === 0);
        release?.();
      });

      if (deadline) {
        test.each([-1, 30])('a deadline in %i ms is kept, and nothing runs on', async left => {
          const release = subject.counterpart!.hold();
          const source = subject.again!();
          const answer = answerOf(source, one.signal, { window: one.window, ...one.query }, io(undefined, subject.now + left));
          expect(await outcome(answer)).toBe('deadline_exceeded');
          await until(() => subject.counterpart!.underWay() === 0);
          release();
        });
      }
    });

    test('what is read as a whole: dashboards, topology, catalog', async () => {
      const { source } = subject;
      const evident = (answer: Answer<unknown>, signal: Signal) => expect(answer.evidence).toMatchObject({ source: source.id, signal });
      expect([source.dashboards, source.topology, source.catalog].map(Boolean)).toEqual([dashboards, edges, services].map(Boolean));
      if (source.dashboards && dashboards) {
        const all = await source.dashboards.list(undefined, io());
        evident(all, 'dashboards');
        expect(all.data.map(({ id }) => id).sort()).toEqual([...dashboards.ids].sort());
        expect((await source.dashboards.list('zzqq-no-such-thing', io())).data).toEqual([]);
        for (const id of dashboards.ids) {
          const one = await source.dashboards.read(id, io());
          evident(one, 'dashboards');
          expect(one.data.widgets.length).toBeGreaterThan(0);
        }
        const unknown = await source.dashboards.read(dashboards.misspelt, io()).catch((error: unknown) => error);
        expect(unknown).toMatchObject({ code: 'not_found', hint: expect.stringContaining(dashboards.right) });
      }
      if (source.topology) {
        const topology = await source.topology.read(io());
        evident(topology, 'topology');
        expect(topology.data.edges.length).toBe(edges);
      }
      if (source.catalog) {
        const catalog = await source.catalog.read(io());
        evident(catalog, 'catalog');
        expect(catalog.data.entries.map(({ name }) => name).sort()).toEqual([...services!].sort());
      }
      const gone = io(AbortSignal.abort());
      const reads = [source.dashboards?.list(undefined, gone), source.topology?.read(gone), source.catalog?.read(gone)];
      const outcomes = await Promise.all(reads.map(read => (read ? outcome(read) : 'cancelled')));
      expect(outcomes.every(stopped)).toBe(true);
    });

    test('no secret shows in anything it says', async () => {
      const said = await Promise.all([
        subject.source.check(io()),
        subject.source.describe(undefined, io()),
        ...asked.map(async one => (await ask(one)).answer),
        ...asked.map(one => ask(one, {}, io(AbortSignal.abort())).catch((error: unknown) => errorText(error))),
      ]);
      const text = JSON.stringify(said);
      for (const secret of subject.secrets) expect(text).not.toContain(secret);
    });
  });
}

/** Sentences that tell the caller how to go on. */
function nextSteps(notes: readonly Note[]): string[] {
  return notes
    .filter(note => note.kind === 'next' || note.kind === 'not_looked_at')
    .flatMap(({ text, remedy }) => (remedy || /\?/.test(text) ? [`${text} ${remedy ?? ''}`] : []));
}

function texts(rows: readonly Row[]): string[] {
  return rows.map(row => row.text).sort();
}

/** The code of a failure; `answer` when there is none. */
async function outcome(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'answer',
    (error: unknown) => (error instanceof SreError ? error.code : error instanceof Error ? error.name : 'unknown'),
  );
}

/** Our own code, or the signal's own reason. */
function stopped(code: string): boolean {
  return code === 'cancelled' || code === 'AbortError';
}

function errorText(error: unknown): string {
  return error instanceof SreError ? `${error.message} ${error.hint}` : String(error);
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(done => setTimeout(done, 5));
}

interface Heard {
  readonly answer: Answer<unknown>;
  readonly rows: readonly Row[];
  readonly ordered: boolean;
}

async function answerOf(source: Source, signal: Signal, query: object, io: Io): Promise<Heard> {
  switch (signal) {
    case 'logs': {
      const answer = await source.logs!.query(query as never, io);
      const rows = logRows(answer.data);
      return { answer, rows, ordered: rows.every((row, i) => i === 0 || row.t <= rows[i - 1]!.t) };
    }
    case 'metrics': {
      const answer = await source.metrics!.query(query as never, io);
      const rising = answer.data.every(({ t }) => t.every((at, i) => i === 0 || at > t[i - 1]!));
      return { answer, rows: seriesRows(answer.data), ordered: rising };
    }
    case 'traces': {
      const answer = await source.traces!.query(query as never, io);
      const rows = spanRows(answer.data);
      return { answer, rows, ordered: rising(rows) };
    }
    case 'alerts': {
      const answer = await source.alerts!.query(query as never, io);
      const rows = answer.data.map(alert => ({ t: alert.start, text: JSON.stringify(alert) }));
      return { answer, rows, ordered: rising(rows) };
    }
    default: {
      const answer = await source.changes!.query(query as never, io);
      const rows = answer.data.map(change => ({ t: change.time, text: JSON.stringify(change) }));
      return { answer, rows, ordered: rising(rows) };
    }
  }
}

function rising(rows: readonly Row[]): boolean {
  return rows.every((row, i) => i === 0 || row.t >= rows[i - 1]!.t);
}

function logRows(batch: LogBatch): Row[] {
  return Array.from({ length: batch.length }, (_, i) => ({ t: batch.t[i]!, text: JSON.stringify(recordAt(batch, i)) }));
}

function seriesRows(all: readonly Series[]): Row[] {
  return all.flatMap(({ name, labels, t, v }) => {
    const what = `${name} ${JSON.stringify(Object.entries(labels).sort())}`;
    // A gap is no row: whether it is said depends on the window.
    return Array.from(t, (at, i) => ({ t: at, text: `${what} ${at} ${v[i]}` })).filter((_, i) => !Number.isNaN(v[i]));
  });
}

function spanRows(batch: SpanBatch): Row[] {
  return Array.from({ length: batch.length }, (_, i) => ({
    t: batch.start[i]!,
    text: [batch.traceId[i], batch.spanId[i], batch.service[i], batch.name[i], batch.start[i], batch.duration[i]].join(' '),
  }));
}
