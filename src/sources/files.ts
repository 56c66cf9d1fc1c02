import { SreError } from '../model/errors.ts';
import type { Health, Io, Source } from '../model/source.ts';
import { Catalog } from './files/catalog.ts';
import { dashboardSource } from './files/dashboards.ts';
import { describe } from './files/description.ts';
import { alertSource, changeSource, topologySource } from './files/events.ts';
import { catalogSource } from './files/knowledge.ts';
import { logSource } from './files/logs.ts';
import { metricSource } from './files/metrics.ts';
import { namedFiles } from './files/named-file.ts';
import { unreadableNotes, unrecognisedNotes } from './files/notes.ts';
import { explained } from './files/nothing-found.ts';
import type { FilesOptions, FilesSourceOptions } from './files/options.ts';
import { traceSource } from './files/traces.ts';

export type { FilesSourceOptions };

/**
 * Incident bundles and any folder of logs, metrics, traces and events, read where they lie. Nothing needs a manifest: files are
 * recognised by their content. All ports are there; a bundle without alerts simply has none.
 */
export function filesSource(settings: FilesSourceOptions): Source {
  const options: FilesOptions = { id: settings.id ?? 'files', zone: settings.zone, now: settings.now };
  const catalog = new Catalog({ paths: settings.paths, allow: settings.allow ?? [], zone: settings.zone });
  const logs = logSource(catalog, options);
  return {
    id: options.id,
    kind: 'files',
    recorded: true,
    logs: { ...logs, query: explained('logs', logs, batch => batch.length === 0, catalog, options) },
    metrics: { query: explained('metrics', metricSource(catalog, options), isEmpty, catalog, options) },
    traces: { query: explained('traces', traceSource(catalog, options), batch => batch.length === 0, catalog, options) },
    alerts: { query: explained('alerts', alertSource(catalog, options), isEmpty, catalog, options) },
    changes: { query: explained('changes', changeSource(catalog, options), isEmpty, catalog, options) },
    topology: topologySource(catalog, options),
    catalog: catalogSource(catalog, options),
    dashboards: dashboardSource(catalog, options),
    files: namedFiles(catalog, options, settings.paths, settings.allow ?? []),
    describe: (text, io) => describe(catalog, options, text, io),
    check: io => check(catalog, io),
  };
}

const isEmpty = (rows: readonly unknown[]) => rows.length === 0;

async function check(catalog: Catalog, io: Io): Promise<Health> {
  try {
    const listing = await catalog.list(io.signal);
    const notes = [...unreadableNotes(listing), ...unrecognisedNotes(listing)];
    if (listing.files.length === 0) {
      const forbidden = listing.refused.some(one => one.code === 'forbidden');
      return {
        state: forbidden ? 'forbidden' : 'degraded',
        notes:
          notes.length > 0 ? notes : [{ kind: 'not_looked_at', text: 'There is no file below the given paths.', remedy: 'Check --files.' }],
      };
    }
    return { state: notes.length > 0 ? 'degraded' : 'ok', notes };
  } catch (error) {
    if (!(error instanceof SreError) || error.code !== 'not_found') throw error;
    return { state: 'unreachable', notes: [{ kind: 'not_looked_at', text: error.message, remedy: error.hint }] };
  }
}
