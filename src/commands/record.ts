import { resolve } from 'node:path';
import { type BundleWriter, bundleWriter } from '../bundle/write.ts';
import type { Answer, Note } from '../model/answer.ts';
import { SreError } from '../model/errors.ts';
import type { Json } from '../model/json.ts';
import type { LogBatch } from '../model/log.ts';
import type { Io, Source } from '../model/source.ts';
import { formatWindow, parseWindow, type TimeWindow } from '../model/time.ts';
import type { Redactor } from '../security/redaction.ts';
import { ALLOW_PARTIAL, flag, JSON_OPTION, SOURCE_OPTIONS, text } from './options.ts';
import { progressBar } from './progress.ts';
import { withSession } from './session.ts';
import { type Command, EXIT, print } from './shell.ts';

/** Back ends are asked for hours of data; each request of theirs has its own, shorter limit. */
const PATIENCE_MS = 3_600_000;

export const record: Command = {
  usage: '--out DIR --window START/END [--raw] [--files PATH …]',
  description:
    'Writes an incident bundle from every configured source: what happened in the window, to be looked at later or elsewhere. Secrets are removed and personal data replaced by pseudonyms, unless --raw.',
  options: {
    ...SOURCE_OPTIONS,
    out: { type: 'string', value: 'DIR', help: 'folder of the bundle; new or empty' },
    window: { type: 'string', value: 'START/END', help: 'what to record, half open' },
    raw: { type: 'boolean', help: 'write everything as it is, secrets too' },
    json: JSON_OPTION,
    'allow-partial': ALLOW_PARTIAL,
  },
  async run(values, _words, shell) {
    const out = text(values, 'out');
    const words = text(values, 'window');
    if (out === undefined)
      throw new SreError('invalid_argument', 'Where should the bundle be written?', { hint: 'Name a new folder with --out DIR.' });
    if (words === undefined)
      throw new SreError('invalid_argument', 'What should be recorded?', { hint: 'Name the time with --window START/END.' });
    return await withSession(values, shell, async ({ application, signal }) => {
      const bar = progressBar(shell);
      const clock = application.clock();
      const io: Io = { signal, now: clock, deadline: clock + PATIENCE_MS, progress() {} };
      const sources = await application.sources();
      if (sources.length === 0) {
        throw new SreError('no_sources', 'There is nothing to record from.', {
          hint: 'Name a folder with --files PATH, or write sre-copilot.yaml.',
        });
      }
      const present = await application.present(io);
      const { window } = parseWindow(words, { ...present, zone: application.zone });
      const writer = flag(values, 'raw')
        ? await bundleWriter(resolve(shell.folder, out))
        : await redactingWriter(resolve(shell.folder, out), await application.redactor());
      const recording = new Recording(writer, window, io, done => bar.show(0, undefined, done));
      for (const source of sources) await recording.take(source);
      await recording.manifest(sources);
      bar.clear();
      const { counts, notes } = recording;
      const missing = notes.filter(note => note.kind === 'not_looked_at');
      const report = { out, window: formatWindow(window), redacted: !flag(values, 'raw'), counts, files: writer.files(), notes };
      const told = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
      await print(
        shell.output,
        flag(values, 'json')
          ? `${JSON.stringify(report)}\n`
          : `${out}: ${told.join(', ')} in ${writer.files().length} files${report.redacted ? ', redacted' : ', as they are'}\n${missing.map(note => `! ${note.what ?? ''} ${note.text}\n`).join('')}`,
      );
      if (recording.failed === sources.length) return EXIT.sourcesFailed;
      return missing.length > 0 && !flag(values, 'allow-partial') ? EXIT.partial : EXIT.done;
    });
  },
};

/** Goes through a source signal by signal. One that fails is noted, and the others are recorded all the same. */
class Recording {
  readonly counts = { logs: 0, series: 0, spans: 0, alerts: 0, changes: 0 };
  readonly notes: Note[] = [];
  failed = 0;
  private readonly healthy: TimeWindow[] = [];
  private readonly writer: BundleWriter;
  private readonly window: TimeWindow;
  private readonly io: Io;
  private readonly tell: (done: string) => void;

  constructor(writer: BundleWriter, window: TimeWindow, io: Io, tell: (done: string) => void) {
    this.writer = writer;
    this.window = window;
    this.io = io;
    this.tell = tell;
  }

  async take(source: Source): Promise<void> {
    const { window, io, counts, writer } = this;
    const steps: (() => Promise<void>)[] = [
      () => this.logs(source),
      () => this.metrics(source),
      async () => {
        const spans = await this.asked(source.traces?.query({ window }, io));
        if (!spans) return;
        await writer.spans(spans);
        counts.spans += spans.length;
      },
      async () => {
        const alerts = await this.asked(source.alerts?.query({ window }, io));
        if (!alerts?.length) return;
        await writer.alerts(alerts);
        counts.alerts += alerts.length;
      },
      async () => {
        const changes = await this.asked(source.changes?.query({ window }, io));
        if (!changes?.length) return;
        await writer.changes(changes);
        counts.changes += changes.length;
      },
      async () => {
        const topology = await this.asked(source.topology?.read(io));
        if (topology?.edges.length || topology?.nodes.length) await writer.topology(topology);
      },
    ];
    let failures = 0;
    for (const step of steps) {
      try {
        await step();
      } catch (failure) {
        if (io.signal.aborted || !(failure instanceof SreError) || failure.code === 'internal') throw failure;
        failures++;
        this.note({
          kind: 'not_looked_at',
          what: source.id,
          source: source.id,
          text: failure.message,
          ...(failure.hint ? { remedy: failure.hint } : {}),
        });
      }
      this.tell(`${counts.logs} records, ${counts.series} series, ${counts.spans} spans`);
    }
    if (failures === steps.length) this.failed++;
  }

  private async logs(source: Source): Promise<void> {
    const scan = source.logs?.scan({ window: this.window }, this.io);
    if (!scan) return;
    for await (const batch of scan.batches) {
      await this.writer.logs(batch);
      this.counts.logs += batch.length;
      this.tell(`${this.counts.logs} records`);
    }
    for (const note of scan.finish().notes) this.note(note);
  }

  /** One metric after the other, so that memory holds one at a time. */
  private async metrics(source: Source): Promise<void> {
    if (!source.metrics) return;
    const described = await this.asked(source.describe(undefined, this.io));
    this.healthy.push(...(described?.healthy ?? []));
    const names = new Set(described?.items.filter(item => item.signal === 'metrics').map(item => item.name));
    for (const metric of names) {
      const series = await this.asked(source.metrics.query({ window: this.window, metric }, this.io));
      if (!series?.length) continue;
      await this.writer.metrics(series);
      this.counts.series += series.length;
    }
  }

  async manifest(sources: readonly Source[]): Promise<void> {
    const title = `Recorded from ${sources.map(source => source.id).join(', ')}`;
    await this.writer.manifest({ title, zone: 'UTC', healthy: this.healthy });
  }

  private async asked<T>(answer: Promise<Answer<T>> | undefined): Promise<T | undefined> {
    if (answer === undefined) return undefined;
    const { data, notes } = await answer;
    for (const note of notes) this.note(note);
    return data;
  }

  private note(note: Note): void {
    const known = this.notes.some(({ kind, what, text: said }) => kind === note.kind && what === note.what && said === note.text);
    if (!known) this.notes.push(note);
  }
}

/**
 * A writer whose texts have passed the redactor. Redaction waits for the store, writing does not: the texts of a part are redacted first and
 * looked up while it is written. One that was not redacted is never written.
 */
async function redactingWriter(folder: string, redactor: Redactor): Promise<BundleWriter> {
  const clean = new Map<string, string>();
  const writer = await bundleWriter(folder, {
    redact(raw) {
      const known = clean.get(raw);
      if (known === undefined) throw new SreError('internal', 'A text was about to be written without redaction.');
      return known;
    },
  });
  const redacted =
    <Part>(write: (part: Part) => Promise<void>) =>
    async (part: Part) => {
      clean.clear();
      for (const raw of textsOf(part)) if (!clean.has(raw)) clean.set(raw, await redactor.redact(raw));
      await write(part);
    };
  return {
    manifest: redacted(writer.manifest),
    // Attributes and the lines of a key give themselves away only beside their names and neighbours.
    async logs(batch) {
      const body = await redactor.redact(batch.body);
      const attributes = (await redactor.redact(batch.attributes as unknown as Json)) as unknown as LogBatch['attributes'];
      await redacted(writer.logs)({ ...batch, body, attributes });
    },
    metrics: redacted(writer.metrics),
    spans: redacted(writer.spans),
    alerts: async alerts => redacted(writer.alerts)((await redactor.redact(alerts as unknown as Json)) as unknown as typeof alerts),
    changes: async changes => redacted(writer.changes)((await redactor.redact(changes as unknown as Json)) as unknown as typeof changes),
    topology: redacted(writer.topology),
    files: writer.files,
  };
}

/** Every text in a part, and the empty one, which stands for what is absent. */
function* textsOf(value: unknown): Iterable<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    yield '';
    for (const inner of Object.values(value)) yield* textsOf(inner);
  }
}
