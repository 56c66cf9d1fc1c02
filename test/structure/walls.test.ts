import { expect, test } from 'vitest';
import { type Import, importsOfSource } from './imports.ts';

/** What each folder of `src/` may import: folders beside its own, and packages (`node:` = any built-in module). */
const WALLS: Readonly<Record<string, { folders: readonly string[]; packages: readonly string[] }>> = {
  model: { folders: [], packages: ['zod'] },
  analysis: { folders: ['model'], packages: [] },
  runtime: { folders: ['model'], packages: ['node:', 'undici', 'lru-cache'] },
  security: { folders: ['model', 'runtime'], packages: ['node:', 'jose'] },
  render: { folders: ['model'], packages: ['d3-scale', 'd3-shape', 'd3-time-format', 'sharp', 'node:'] },
  exit: { folders: ['model', 'runtime', 'security', 'render'], packages: [] },
  bundle: { folders: ['model', 'runtime', 'analysis'], packages: ['node:', 'yaml', 'fzstd', 'unbzip2-stream'] },
  sources: {
    folders: ['model', 'runtime', 'analysis', 'bundle'],
    packages: ['node:', 'zod', 'yaml', '@prometheus-io/lezer-promql', '@lezer/common', '@lezer/lr'],
  },
  store: { folders: ['model', 'runtime', 'security'], packages: ['node:', '@photostructure/sqlite'] },
  knowledge: { folders: ['model', 'analysis'], packages: ['node:', 'yaml'] },
  investigation: { folders: ['model', 'analysis', 'knowledge', 'render'], packages: [] },
  tools: { folders: ['model', 'analysis', 'investigation', 'knowledge', 'render', 'picture', 'bundle'], packages: ['zod'] },
  resources: { folders: ['model', 'analysis', 'investigation', 'knowledge', 'render', 'picture', 'bundle'], packages: ['zod'] },
  prompts: { folders: ['model', 'analysis', 'investigation', 'knowledge', 'render', 'picture', 'bundle'], packages: ['zod'] },
  server: {
    folders: ['model', 'exit', 'runtime', 'security', 'tools', 'resources', 'prompts'],
    packages: ['node:', 'zod', '@modelcontextprotocol/server', '@modelcontextprotocol/node'],
  },
};

/** The command line and the composition root may use everything. */
const ABOVE = new Set(['main', 'app', 'config', 'config-file', 'config-sources', 'package', 'commands']);

const imports = await importsOfSource();

test('every folder of src has a wall', () => {
  const folders = new Set(imports.map(({ from }) => folderOf(from)));
  expect([...folders].filter(folder => !ABOVE.has(folder) && !WALLS[folder])).toEqual([]);
});

test('no import crosses a wall', () => {
  expect(imports.length).toBeGreaterThan(50);
  expect(imports.filter(entry => !allowed(entry)).map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test('only the composition root names a source or a store', () => {
  const named = imports.filter(({ from, to }) => /^src\/(sources|store)\//.test(to) && folderOf(from) !== folderOf(to));
  expect([...new Set(named.map(({ from }) => from))].filter(from => from !== 'src/app.ts' && !from.startsWith('src/commands/'))).toEqual(
    [],
  );
});

test('only png.ts knows the rasteriser and the machine', () => {
  const users = imports
    .filter(({ from, to, kind }) => folderOf(from) === 'render' && (to === 'sharp' || kind === 'node'))
    .map(({ from }) => from);
  expect([...new Set(users)].filter(from => from !== 'src/render/png.ts')).toEqual([]);
});

test('only server/ knows the SDK', () => {
  const users = imports.filter(({ to }) => to.startsWith('@modelcontextprotocol/')).map(({ from }) => folderOf(from));
  expect([...new Set(users)]).toEqual(['server']);
});

test('the walls stop what they should stop', () => {
  const crossing = (from: string, to: string, kind: Import['kind']) => !allowed({ from, to, kind });
  expect(crossing('src/analysis/logs/levels.ts', 'node:fs', 'node')).toBe(true);
  expect(crossing('src/tools/discover.ts', 'src/store/store.ts', 'file')).toBe(true);
  expect(crossing('src/model/tool.ts', 'src/analysis/index.ts', 'file')).toBe(true);
  expect(crossing('src/analysis/logs/levels.ts', 'yaml', 'package')).toBe(true);
});

function allowed({ from, to, kind }: Import): boolean {
  const folder = folderOf(from);
  if (ABOVE.has(folder)) return true;
  const wall = WALLS[folder]!;
  if (kind === 'file') return folderOf(to) === folder || wall.folders.includes(folderOf(to));
  return wall.packages.includes(kind === 'node' ? 'node:' : to);
}

function folderOf(path: string): string {
  return path
    .replace(/^src\//, '')
    .replace(/\.ts$/, '')
    .split('/')[0]!;
}
