import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { rowsOf, testProduct } from '../kit/product.ts';
import { temporaryFolder } from '../kit/server.ts';

const START = Date.UTC(2026, 4, 4, 9);
const at = (second: number) => new Date(START + second * 1000).toISOString();

/** First a single customer signs in, later a hundred do: the name turns out to be a parameter. */
function logs(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'logs/portal'), { recursive: true });
  const lines: string[] = [];
  for (let i = 0; i < 30; i++) lines.push(`${at(i)} INFO customer alice signed in from the portal`);
  for (let i = 0; i < 300; i++) lines.push(`${at(3600 + i)} INFO customer ${name(i)} signed in from the portal`);
  writeFileSync(join(folder, 'logs/portal/portal-1.log'), `${lines.join('\n')}\n`);
  return folder;
}

function name(i: number): string {
  const letters = 'bcdfghjklm';
  return `${letters[i % 10]}a${letters[Math.floor(i / 10) % 10]}o${letters[Math.floor(i / 100) % 10]}i`;
}

const EARLY = `${at(0)}/${at(60)}`;
const LATE = `${at(3600)}/${at(4000)}`;

it('finds the records of an id from an earlier answer when later messages have made its template more general', async () => {
  const product = await testProduct([logs()]);
  onTestFinished(() => product.close());
  const [early] = rowsOf(await product.call('cluster_logs', { window: EARLY }), 'templates');
  expect(early!['template']).toBe('customer alice signed in from the portal');
  // The later window was never clustered: the text that the id stood for tells what it has become.
  const unseen = await product.call('query_logs', { window: LATE, template: early!['id']! });
  expect(unseen['matched']).toBe(300);
  expect(JSON.stringify(unseen['notes'])).toContain(String(early!['id']));

  const [late] = rowsOf(await product.call('cluster_logs', { window: LATE }), 'templates');
  expect(late!['template']).toBe('customer <*> signed in from the portal');
  expect(late!['id']).not.toBe(early!['id']);
  // Now the old id is known to be part of the new one, also over the window in which the new one does not occur.
  const lines = await product.call('query_logs', { window: EARLY, template: early!['id']! });
  expect(lines['matched']).toBe(30);
  expect(JSON.stringify(lines['notes'])).toContain(`has become part of ${late!['id']}`);
});

it("does not know another caller's ids by their text", async () => {
  const product = await testProduct([logs()]);
  onTestFinished(() => product.close());
  const [early] = rowsOf(await product.call('cluster_logs', { window: EARLY }, 'ann'), 'templates');
  const lines = await product.call('query_logs', { window: LATE, template: early!['id']! }, 'bob');
  expect(lines['matched']).toBe(0);
});
