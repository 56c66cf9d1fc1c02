import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';

/** A file below a root, seen but not opened. */
export interface FoundFile {
  /** Where it really lies, links resolved. */
  readonly path: string;
  /** As a person would write it: relative to the root that was given; several roots are told apart by their names. */
  readonly name: string;
  /** The name for telling the service: begins with `logs/` also when the logs folder itself was given. */
  readonly hintPath: string;
  readonly size: number;
  readonly modified: number;
}

/** Something below a root that must not or cannot be opened. */
export interface Refused {
  readonly name: string;
  readonly code: 'forbidden' | 'not_found' | 'outside';
  readonly reason: string;
}

export interface Found {
  readonly files: readonly FoundFile[];
  readonly refused: readonly Refused[];
}

const MOST_FILES = 50_000;
/** Folders that hold no telemetry but many files. */
const SKIPPED = /^(?:\.git|node_modules|__pycache__|\.svn|\.hg)$/;

/**
 * Every file below the roots (folders, files or globs with `*`, `**`, `?`), in order of name. A link is followed only when it leads below
 * a root or one of `allow`; nothing outside is ever opened.
 */
export async function findFiles(paths: readonly string[], allow: readonly string[]): Promise<Found> {
  const roots = paths.map(rootOf);
  const fences: string[] = [];
  const refused: Refused[] = [];
  for (const root of [...roots.map(root => root.base), ...allow.map(path => resolve(path))]) {
    const real = await realpath(root).catch(() => undefined);
    if (real !== undefined) fences.push(real);
  }
  const names = shownNames(roots);
  const found = new Map<string, FoundFile>();
  for (const [i, root] of roots.entries()) {
    const walk: Walk = { root, shown: names[i]!, fences, found, refused, visited: new Set() };
    await visit(walk, root.base, '');
  }
  const files = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { files, refused };
}

interface Root {
  /** What was given. */
  readonly given: string;
  /** The folder (or file) before the first wildcard. */
  readonly base: string;
  readonly pattern: RegExp | undefined;
}

interface Walk {
  readonly root: Root;
  readonly shown: string;
  readonly fences: readonly string[];
  readonly found: Map<string, FoundFile>;
  readonly refused: Refused[];
  readonly visited: Set<string>;
}

function rootOf(given: string): Root {
  const parts = given.split(/[\\/]/);
  const wild = parts.findIndex(part => /[*?[\]]/.test(part));
  if (wild < 0) return { given, base: resolve(given), pattern: undefined };
  const base = resolve(parts.slice(0, wild).join('/') || (given.startsWith('/') ? '/' : '.'));
  return { given, base, pattern: globPattern(parts.slice(wild).join('/')) };
}

/** `*` and `?` stay within a folder, `**` crosses folders. */
export function globPattern(glob: string): RegExp {
  let source = '';
  for (let i = 0; i < glob.length; i++) {
    const c = glob[i]!;
    if (c === '*' && glob[i + 1] === '*') {
      const folder = glob[i + 2] === '/';
      source += folder ? '(?:.*/)?' : '.*';
      i += folder ? 2 : 1;
    } else if (c === '*') source += '[^/]*';
    else if (c === '?') source += '[^/]';
    else source += c.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  }
  return new RegExp(`^${source}$`);
}

/** One root needs no prefix; several are told apart by as many of their last folders as it takes. */
function shownNames(roots: readonly Root[]): string[] {
  if (roots.length === 1) return [''];
  for (let depth = 1; depth < 8; depth++) {
    const names = roots.map(root => root.base.split(sep).slice(-depth).join('/'));
    if (new Set(names).size === names.length) return names;
  }
  return roots.map((root, i) => `${i + 1}:${basename(root.base)}`);
}

async function visit(walk: Walk, path: string, below: string): Promise<void> {
  const shown = below === '' ? walk.shown || basename(path) : walk.shown === '' ? below : `${walk.shown}/${below}`;
  let real: string;
  let info: Awaited<ReturnType<typeof stat>>;
  try {
    real = await realpath(path);
    if (!walk.fences.some(fence => real === fence || real.startsWith(fence === sep ? fence : fence + sep))) {
      walk.refused.push({ name: shown, code: 'outside', reason: 'is a link that leads outside the folders given by --files and --allow' });
      return;
    }
    info = await stat(real);
  } catch (error) {
    walk.refused.push(
      refusal(
        shown,
        error,
        await lstat(path).then(
          one => one.isSymbolicLink(),
          () => false,
        ),
      ),
    );
    return;
  }
  if (info.isDirectory()) {
    if (walk.visited.has(real)) return;
    walk.visited.add(real);
    let entries: string[];
    try {
      entries = (await readdir(real)).sort();
    } catch (error) {
      walk.refused.push(refusal(shown, error, false));
      return;
    }
    for (const entry of entries) {
      if (SKIPPED.test(entry)) continue;
      if (walk.found.size >= MOST_FILES) {
        walk.refused.push({
          name: shown,
          code: 'forbidden',
          reason: `holds more than ${MOST_FILES} files: name a smaller folder or a glob`,
        });
        return;
      }
      await visit(walk, join(path, entry), below === '' ? entry : `${below}/${entry}`);
    }
    return;
  }
  // Pipes, sockets and devices would block or never end.
  if (!info.isFile() || walk.found.has(real)) return;
  const tested = below === '' ? basename(path) : below;
  if (walk.root.pattern && !walk.root.pattern.test(relative(walk.root.base, path).split(sep).join('/'))) return;
  const holder = basename(below === '' ? dirname(path) : walk.root.base);
  walk.found.set(real, {
    path: real,
    name: below === '' ? walk.shown || tested : shown,
    hintPath: /^logs?$/i.test(holder) ? `logs/${tested}` : tested,
    size: info.size,
    modified: info.mtimeMs,
  });
}

function refusal(name: string, error: unknown, link: boolean): Refused {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return { name, code: 'forbidden', reason: 'may not be read: no permission' };
  if (code === 'ENOENT') return { name, code: 'not_found', reason: link ? 'is a link to something that is not there' : 'is not there' };
  if (code === 'ELOOP') return { name, code: 'not_found', reason: 'is a link that leads in a circle' };
  return { name, code: 'forbidden', reason: 'could not be opened' };
}
