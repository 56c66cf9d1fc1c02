import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { filesSource } from '../../src/sources/files.ts';
import { bundle, END, NOW, rowsOf, START } from './data.ts';
import { type Asked, sourceContract, type Terms } from './source-contract.ts';

const window = { start: START, end: END };

const ASKED: readonly Asked[] = [
  { signal: 'logs', window, rows: 240, limited: true, misspelt: [{ query: { services: ['checkotu'] }, right: 'checkout' }] },
  {
    signal: 'metrics',
    window,
    query: { metric: 'http_requests_total' },
    rows: rowsOf('http_requests_total'),
    limited: true,
    misspelt: [
      { query: { metric: 'http_request_total' }, right: 'http_requests_total' },
      { query: { services: ['checkotu'] }, right: 'checkout' },
      { query: { where: [{ field: 'cod', op: '=', value: '200' }] }, right: 'code' },
    ],
  },
  {
    signal: 'traces',
    window,
    rows: 60,
    limited: true,
    misspelt: [
      { query: { services: ['paymnet'] }, right: 'payment' },
      { query: { name: 'POST /ordre' }, right: 'POST /order' },
    ],
  },
  { signal: 'alerts', window, rows: 3, stretches: true, misspelt: [{ query: { services: ['checkotu'] }, right: 'checkout' }] },
  { signal: 'changes', window, rows: 60, misspelt: [{ query: { services: ['paymnet'] }, right: 'payment' }] },
];

/** The first half of a packed file: what a disk that was full leaves. */
function tornOff(text: string): Buffer {
  const packed = gzipSync(text);
  return packed.subarray(0, packed.length >> 1);
}

function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sre-contract-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const TERMS: Terms = {
  asked: ASKED,
  deadline: false,
  dashboards: { ids: ['shop-overview'], misspelt: 'shop-overveiw', right: 'shop-overview' },
  edges: 2,
  services: ['cart', 'checkout', 'payment'],
};

sourceContract('files', TERMS, async () => {
  const files = bundle();
  const torn = Object.entries(files).map(([name, text]) => [`${dirname(name)}/torn-${basename(name)}.gz`, tornOff(text)] as const);
  const folders = [folderOf(files), folderOf({ ...files, ...Object.fromEntries(torn) })] as const;
  return {
    source: filesSource({ paths: [folders[0]] }),
    partial: async () => filesSource({ paths: [folders[1]] }),
    now: NOW,
    secrets: folders,
    async close() {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
});
