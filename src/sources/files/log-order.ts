import type { FileKind } from '../../bundle/recognise.ts';
import type { CatalogFile, Listing } from './catalog.ts';
import { pathHint, rotation, streamName } from './path-hint.ts';

export const LOG_KINDS: ReadonlySet<FileKind> = new Set<FileKind>(['logs', 'otlp-logs', 'log-answer']);

/** Name that all files of a rotated set share, with their folder. */
export function setOf(file: CatalogFile): string {
  const folder = file.name.slice(0, file.name.lastIndexOf('/') + 1);
  return folder + streamName(file.name.slice(folder.length));
}

/** The logs among the files: rotated sets in order of time, oldest first. */
export function logFiles(listing: Listing): CatalogFile[] {
  return listing.files
    .filter(file => LOG_KINDS.has(file.recognised.kind))
    .map(file => ({ file, set: setOf(file), ...rotation(file.name.slice(file.name.lastIndexOf('/') + 1)) }))
    .sort(
      (a, b) =>
        compare(a.set, b.set) ||
        // The file that is still written has neither date nor number: it is the youngest.
        Number(a.date === '') - Number(b.date === '') ||
        compare(a.date, b.date) ||
        b.number - a.number ||
        compare(a.file.name, b.file.name),
    )
    .map(entry => entry.file);
}

/** Files of one group come from the same program on the same host: only among them can records be repeated. */
export function groupOf(file: CatalogFile): string {
  const hint = pathHint(file.hintPath);
  return hint.service === '' ? setOf(file) : `${hint.service}\u0001${hint.instance || setOf(file)}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
