import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { rowsOf, testProduct } from '../kit/product.ts';
import { incidentWindow, smallIncident } from '../kit/telemetry.ts';

/** The small incident with a catalog and a runbook beside it. */
async function product() {
  const folder = smallIncident();
  for (const name of ['catalog', 'runbooks']) mkdirSync(join(folder, name));
  writeFileSync(
    join(folder, 'catalog/services.yaml'),
    'services:\n  - {name: store, owner: ledger-team, tier: tier-1, dependsOn: [ledger-db], aliases: [store-svc]}\n  - {name: front, owner: web-team}\n',
  );
  writeFileSync(join(folder, 'runbooks/pool.md'), '---\nservices: [store]\n---\n# Pool exhausted\nRaise the pool size.\n');
  const made = await testProduct([folder]);
  onTestFinished(() => made.close());
  return made;
}

const INCIDENT = {
  title: 'Pool of store too small',
  window: incidentWindow,
  cause: 'store',
  fault: 'pool',
  services: ['front'],
  symptoms: ['could not obtain a connection'],
};

test('a service: owner, neighbours with their origin, who suffers, what changed, its runbook', async () => {
  const { call } = await product();
  const answer = await call('get_service', { service: 'STORE-SVC', window: incidentWindow });
  expect(answer).toMatchObject({ name: 'store', owner: 'ledger-team', tier: 'tier-1' });
  expect(rowsOf(answer, 'callees')).toMatchObject([{ callee: 'ledger-db', origins: 'catalog', evidence: expect.stringMatching(/^ev_/) }]);
  expect(rowsOf(answer, 'callers')).toMatchObject([{ caller: 'front', origins: 'topology', evidence: expect.stringMatching(/^ev_/) }]);
  expect(rowsOf(answer, 'blastRadius')).toMatchObject([{ service: 'front', distance: 1, waits: true, owner: 'web-team' }]);
  expect(rowsOf(answer, 'events')).toMatchObject([{ kind: 'config' }]);
  expect(rowsOf(answer, 'runbooks')).toMatchObject([{ id: 'pool', title: 'Pool exhausted' }]);
  expect(rowsOf(await call('get_service', {}), 'services').map(row => row['service'])).toEqual(['front', 'ledger-db', 'store']);
  expect(await call('get_service', { service: 'stor' })).toMatchObject({
    error: { code: 'not_found', hint: expect.stringContaining('store') },
  });
});

test('what is written down is found by words and read whole by its id', async () => {
  const { call } = await product();
  const [hit] = rowsOf(await call('search_knowledge', { text: 'pool is exhausted' }), 'hits');
  expect(hit).toMatchObject({ kind: 'runbook', id: 'pool', evidence: expect.stringMatching(/^ev_/) });
  expect(rowsOf(await call('search_knowledge', { id: 'pool' }), 'passages')).toMatchObject([
    { services: 'store', text: '# Pool exhausted\nRaise the pool size.' },
  ]);
  expect(rowsOf(await call('search_knowledge', {}), 'hits').map(row => row['id'])).toEqual(['store', 'front', 'pool']);
});

test('a recorded incident is found, told by the next investigation, and takes its own place when recorded again', async () => {
  const { call } = await product();
  const { id } = await call('record_incident', INCIDENT);
  await call('record_incident', { ...INCIDENT, resolution: 'Pool raised to 20 again.' });
  const hits = rowsOf(await call('search_knowledge', { text: 'obtain connection', kinds: ['incident'] }), 'hits');
  expect(hits.map(row => row['id'])).toEqual([id]);
  const help = rowsOf(await call('investigate', { window: incidentWindow, alert: 'front-slow' }), 'knowledge');
  expect(help.map(row => row['kind'])).toEqual(['owner', 'runbook', 'incident']);
  expect(help[2]).toMatchObject({ id, resolution: 'Pool raised to 20 again.', shared: expect.stringContaining('cause store') });
});

test('an investigation fills in what was found', async () => {
  const { call } = await product();
  const { result } = (await call('investigate', { window: incidentWindow, alert: 'front-slow' })) as { result: { id: string } };
  const recorded = await call('record_incident', { title: 'Slow front', investigation: result.id });
  expect(recorded).toMatchObject({ cause: { entity: { name: 'store' } }, services: ['front', 'store'] });
  expect((recorded['symptoms'] as string[]).length).toBeGreaterThan(0);
  expect(await call('record_incident', { title: 'x', investigation: 'r_000000000000' })).toMatchObject({ error: { code: 'not_found' } });
  expect(await call('record_incident', { title: 'x' })).toMatchObject({ error: { code: 'invalid_argument' } });
});

test('a caller without the scope is refused, and told how to get it', async () => {
  const { call } = await product();
  const refused = await call('record_incident', INCIDENT as JsonObject, 'somebody');
  expect(refused).toMatchObject({ error: { code: 'forbidden', hint: expect.stringContaining('sre:write') } });
  expect(rowsOf(await call('search_knowledge', { kinds: ['incident'] }), 'hits')).toEqual([]);
});

test('a secret in what is recorded never reaches the store', async () => {
  const made = await product();
  await made.call('record_incident', { ...INCIDENT, resolution: 'Rotated the password=hunter2secret99 of the ledger.' });
  const [kept] = await (await made.application.store()).incidents(1);
  expect(kept!.resolution).not.toContain('hunter2secret99');
});

test('with nothing written down the answer says what to add', async () => {
  const made = await testProduct([smallIncident()]);
  onTestFinished(() => made.close());
  expect(JSON.stringify((await made.call('search_knowledge', { text: 'x' }))['notes'])).toContain('runbooks/*.md');
});
