import { readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { Settings } from './config.ts';
import type { SourceSettings } from './config-sources.ts';
import type { Note } from './model/answer.ts';
import { SreError } from './model/errors.ts';
import type { Io, Source } from './model/source.ts';
import type { Store } from './model/store.ts';
import { parseInstant, type TimeWindow } from './model/time.ts';
import { version } from './package.ts';
import { systemClock } from './runtime/clock.ts';
import type { HttpClient, HttpOptions, Tls } from './runtime/http.ts';
import type { Application, Present } from './server/application.ts';
import { tools } from './tools/index.ts';

/** Describing large folders costs reading; what was seen a moment ago is good enough to place `now` and the default window. */
const EXTENT_LASTS_MS = 10_000;

/**
 * Wires the application. Store and sources are opened by the first call that needs them, so that a client sees the tools at once.
 *
 * @param log where failures are reported for the operator; never standard output, which carries the protocol
 */
export function createApplication(settings: Settings, log: Writable): Application {
  const zone = settings.zone ?? 'UTC';
  const fixedNow = settings.now === undefined ? undefined : parseInstant(settings.now, { now: systemClock(), zone }).t;
  const opened = once(() => openStore(settings, log));
  const clients: HttpClient[] = [];
  const sources = once(() => openSources(settings, fixedNow, clients));
  const redactor = once(async () => {
    const { createRedactor } = await import('./security/redaction.ts');
    return createRedactor((await opened()).store);
  });
  const jobs = once(async () => {
    const { createJobs } = await import('./exit/deadline.ts');
    return createJobs();
  });
  let seen: { at: number; extent: TimeWindow | undefined } | undefined;

  async function extentOf(all: readonly Source[], io: Io): Promise<TimeWindow | undefined> {
    if (seen && io.now - seen.at < EXTENT_LASTS_MS) return seen.extent;
    // A live source goes on: its data have no end, and a window is in it or not as it says itself.
    if (!all.every(source => source.recorded)) return undefined;
    const described = await Promise.allSettled(all.map(source => source.describe(undefined, io)));
    const extents = described.flatMap(result =>
      result.status === 'fulfilled' && result.value.data.extent ? [result.value.data.extent] : [],
    );
    const extent = extents.length
      ? { start: Math.min(...extents.map(window => window.start)), end: Math.max(...extents.map(window => window.end)) }
      : undefined;
    seen = { at: io.now, extent };
    return extent;
  }

  return {
    version,
    tools,
    zone,
    ...(settings.metricNames ? { metricNames: settings.metricNames } : {}),
    store: async () => (await opened()).store,
    redactor,
    jobs,
    sources,
    clock: systemClock,
    async present(io): Promise<Present> {
      const [{ notes }, all] = await Promise.all([opened(), sources()]);
      const extent = await extentOf(all, io);
      const recorded = all.length > 0 && all.every(source => source.recorded) && extent !== undefined;
      return {
        // The end of an extent is the first instant behind its last record.
        now: fixedNow ?? (recorded ? extent.end - 1 : io.now),
        recordedNow: fixedNow === undefined && recorded,
        ...(extent ? { extent } : {}),
        notes,
      };
    },
    report(failure) {
      log.write(`${failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)}\n`);
    },
    async close() {
      if (jobs.started()) (await jobs()).close();
      await Promise.allSettled(clients.map(client => client.close()));
      if (opened.started()) await (await opened()).store.close();
    },
  };
}

/** The embedded store; where its folder cannot be written, one in memory and a sentence that says so. */
async function openStore(settings: Settings, log: Writable): Promise<{ store: Store; notes: readonly Note[] }> {
  const { memoryStore, openStore: open } = await import('./store/store.ts');
  try {
    return { store: await open({ dir: settings.state }), notes: [] };
  } catch (failure) {
    if (!(failure instanceof SreError) || failure.code !== 'store_unavailable') throw failure;
    log.write(`sre-copilot: ${failure.message} Results are kept in memory only.\n`);
    const note: Note = {
      kind: 'not_looked_at',
      what: 'store',
      text: 'The store cannot be used: results and evidence live only as long as this process.',
      remedy: failure.hint || 'Name a writable folder with --state.',
    };
    return { store: memoryStore(), notes: [{ ...note, kind: 'assumption' }] };
  }
}

/** Nothing is connected to and no secret is read here: a source does that when it is asked. */
async function openSources(settings: Settings, now: number | undefined, clients: HttpClient[]): Promise<readonly Source[]> {
  const { files, allow, zone, sources = [] } = settings;
  const opened: Source[] = [];
  if (files.length > 0) {
    const { filesSource } = await import('./sources/files.ts');
    opened.push(filesSource({ paths: [...files], allow: [...allow], ...(zone ? { zone } : {}), ...(now === undefined ? {} : { now }) }));
  }
  if (sources.length === 0) return opened;
  const { backEnds } = await import('./runtime/back-ends.ts');
  const connect = backEnds(systemClock);
  for (const source of sources) {
    const client = connect(connection(source));
    clients.push(client);
    opened.push(await openSource(source, client));
  }
  return opened;
}

async function openSource(settings: SourceSettings, client: HttpClient): Promise<Source> {
  const { id, region, labels, query, page = withoutUser(settings.url) } = settings;
  const own = { id, page, ...(region ? { region } : {}), ...(labels ? { labels } : {}), ...(query ? { query } : {}) };
  switch (settings.kind) {
    case 'prometheus':
      return (await import('./sources/prometheus.ts')).prometheusSource(own, client);
    case 'alertmanager':
      return (await import('./sources/alertmanager.ts')).alertmanagerSource(own, client);
  }
}

function connection({ id, url, headers, auth, tls, proxy }: SourceSettings): HttpOptions {
  return {
    id,
    baseUrl: url,
    ...(headers ? { headers } : {}),
    ...(auth ? { auth } : {}),
    ...(tls ? { tls: () => pemFiles(tls, id) } : {}),
    ...(proxy ? { proxy } : {}),
  };
}

/** Read for each request: a missing file is the failure of its source alone, and a renewed one counts at once. */
async function pemFiles({ serverName, ...paths }: NonNullable<SourceSettings['tls']>, id: string): Promise<Tls> {
  const pem = Object.entries(paths).map(async ([name, path]) => {
    const text = await readFile(path, 'utf8').catch(cause => {
      throw new SreError('unauthenticated', `The file tls.${name} of source ${id} cannot be read.`, {
        hint: 'Check the path in its configuration, and who may read it.',
        cause,
      });
    });
    return [name, text] as const;
  });
  return { ...Object.fromEntries(await Promise.all(pem)), ...(serverName ? { serverName } : {}) };
}

function withoutUser(url: string): string {
  const address = new URL(url);
  address.username = '';
  address.password = '';
  address.search = '';
  return address.href.replace(/\/+$/, '');
}

/** Runs `make` at most once; a failure is not remembered, so that the next call tries again. */
function once<T>(make: () => Promise<T>): (() => Promise<T>) & { started(): boolean } {
  let made: Promise<T> | undefined;
  const get = () => {
    made ??= make().catch(failure => {
      made = undefined;
      throw failure;
    });
    return made;
  };
  return Object.assign(get, { started: () => made !== undefined });
}
