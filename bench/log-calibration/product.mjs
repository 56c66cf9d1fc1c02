// Parts of the product under a bench: bundled from the sources, over files or records in memory.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

let loaded = 0;

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** @param exports lines of `export … from './src/…'` */
export async function load(exports) {
  const folder = join(root, '.local', 'bench');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `log-${process.pid}-${loaded++}.mjs`);
  await build({
    absWorkingDir: root,
    stdin: { contents: exports, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['@photostructure/sqlite', 'sharp', 'dejavu-fonts-ttf'],
    banner: { js: "import{createRequire as __c}from'node:module';const require=__c(import.meta.url);" },
    logLevel: 'warning',
  });
  return import(pathToFileURL(outfile).href);
}

export function windowOf(text) {
  const [start, end] = text.split('/');
  return { start: Date.parse(start), end: Date.parse(end) };
}

let files;

/** A tool's world over files. */
export async function contextOver(paths) {
  files ??= await load("export { filesSource } from './src/sources/files.ts';");
  return contextOf(files.filesSource({ paths, allow: [] }));
}

export function contextOf(source) {
  return {
    signal: new AbortController().signal,
    now: 0,
    deadline: Number.POSITIVE_INFINITY,
    progress() {},
    caller: { id: 'local', scopes: [] },
    sources: [source],
    recordedNow: true,
    zone: 'UTC',
    store: { templates: async () => [], saveTemplates: async () => {}, saveTemplateAlias: async () => {} },
    record: () => 'ev',
    publish() {},
  };
}
