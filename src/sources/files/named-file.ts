import { realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { openBytes } from '../../bundle/decompress.ts';
import { nearestNames, SreError } from '../../model/errors.ts';
import type { FileSource } from '../../model/source.ts';
import type { Catalog } from './catalog.ts';
import type { FilesOptions } from './options.ts';

/** Single files that somebody names: below the folders of the source or those it may also read, after resolving links. */
export function namedFiles(catalog: Catalog, { id }: FilesOptions, roots: readonly string[], allow: readonly string[]): FileSource {
  return {
    async open(path, io) {
      const { files } = await catalog.list(io.signal);
      const listed = files.find(file => file.name === path);
      const found = listed ?? (await onDisk(path, roots, allow));
      if (found === undefined) {
        const near = nearestNames(
          path,
          files.map(file => file.name),
        );
        throw new SreError('not_found', `There is no file "${path}" in ${id}.`, {
          hint: near.length
            ? `Did you mean ${near.join(' or ')}?`
            : 'discover lists the files; a path is relative to the folders of --files.',
        });
      }
      const stream = openBytes(found.path, { signal: io.signal });
      return { name: found.name, modified: found.modified, chunks: stream.chunks, damage: stream.damage };
    },
  };
}

/** A path that is not in the listing (skipped, or below `--allow` only). @throws SreError `forbidden` when it leads outside */
async function onDisk(
  path: string,
  roots: readonly string[],
  allow: readonly string[],
): Promise<{ path: string; name: string; modified: number } | undefined> {
  const bases = [...roots, ...allow].map(base => resolve(base));
  const tries = isAbsolute(path) ? [path] : bases.flatMap(base => [join(base, path), join(dirname(base), path)]);
  const fences = await Promise.all(bases.map(base => realpath(base).catch(() => base)));
  let outside = false;
  for (const one of tries) {
    const real = await realpath(one).catch(() => undefined);
    if (real === undefined) continue;
    if (!fences.some(fence => real === fence || real.startsWith(fence === sep ? fence : fence + sep))) {
      outside = true;
      continue;
    }
    const info = await stat(real);
    if (info.isFile()) return { path: real, name: path, modified: info.mtimeMs };
  }
  if (!outside && !(isAbsolute(path) && !inside(path, bases))) return undefined;
  throw new SreError('forbidden', `"${path}" lies outside the folders that may be read.`, {
    hint: 'Start the server with --allow FOLDER, or name a file below --files.',
  });
}

function inside(path: string, bases: readonly string[]): boolean {
  return bases.some(base => path === base || path.startsWith(base + sep));
}
