import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { filesSource } from '../../src/sources/files.ts';
import { bundle, END, NOW, rowsOf, START } from './data.ts';
import { type Asked, sourceContract } from './source-contract.ts';

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
  { signal: 'changes', window, rows: 6, misspelt: [{ query: { services: ['paymnet'] }, right: 'payment' }] },
];

sourceContract('files', { asked: ASKED, deadline: false }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sre-contract-'));
  for (const [name, text] of Object.entries(bundle())) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return {
    source: filesSource({ paths: [folder] }),
    now: NOW,
    secrets: [folder],
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
});
