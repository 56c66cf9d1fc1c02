import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { glob } from './files.ts';

const root = new URL('../..', import.meta.url).pathname;

export interface Import {
  /** Importing file, from the root: `src/tools/discover.ts`. */
  readonly from: string;
  /** Imported file from the root, or the package's name, or `node:fs`. */
  readonly to: string;
  readonly kind: 'file' | 'package' | 'node';
}

/** Every import of `src/`: values as esbuild resolves them, types as they are written, because esbuild drops those. */
export async function importsOfSource(): Promise<Import[]> {
  const files = glob('src', '.ts').filter(path => !path.endsWith('.d.ts'));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: files,
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'unused',
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
  });
  const values = Object.entries(metafile.inputs).flatMap(([from, { imports }]) => imports.map(({ path }) => described(from, path)));
  const types = files.flatMap(from =>
    [...readFileSync(resolve(root, from), 'utf8').matchAll(/^\s*(?:import|export)\s+type\s[^;]*?from\s+'([^']+)'/gm)].map(match => {
      const path = match[1]!;
      return described(from, path.startsWith('.') ? relative(root, resolve(root, from, '..', path)) : path);
    }),
  );
  return [...values, ...types];
}

function described(from: string, path: string): Import {
  if (path.startsWith('src/') || path === 'package.json') return { from, to: path, kind: 'file' };
  if (path.startsWith('node:')) return { from, to: path, kind: 'node' };
  const name = path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
  return { from, to: name, kind: 'package' };
}
