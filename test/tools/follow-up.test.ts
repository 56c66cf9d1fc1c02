import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { rowsOf, type TestProduct, testProduct } from '../kit/product.ts';

const FAULTY = '2026-11-24T13:49:30Z/2026-11-24T13:52:30Z';

let app: TestProduct;
beforeAll(async () => {
  app = await testProduct(['examples/incidents/inc-01']);
});
afterAll(() => app.close());

const idOf = (structured: JsonObject) => (structured['result'] as JsonObject)['id'] as string;
const codeOf = (structured: JsonObject) => (structured['error'] as JsonObject | undefined)?.['code'];

describe('get_result', () => {
  it('pages to the end without losing or repeating a row', async () => {
    const whole = rowsOf(await app.call('query_logs', { window: FAULTY, limit: 700 }), 'records');
    const id = idOf(await app.call('query_logs', { window: FAULTY, limit: 700, max_tokens: 200 }));
    const seen: JsonObject[] = [];
    for (let offset: number | undefined = 0; offset !== undefined; ) {
      const page: JsonObject = await app.call('get_result', { id, offset, limit: 300 });
      seen.push(...rowsOf(page, 'rows'));
      offset = page['nextOffset'] as number | undefined;
    }
    expect(seen).toEqual(whole);
  });

  it('filters, sorts, picks and aggregates', async () => {
    const id = idOf(await app.call('query_logs', { window: FAULTY, limit: 2000 }));
    const errors = await app.call('get_result', { id, where: ['level=ERROR'], fields: ['time', 'service'], sort: 'time', limit: 50 });
    for (const row of rowsOf(errors, 'rows')) expect(Object.keys(row)).toEqual(['time', 'service']);
    const groups = await app.call('get_result', { id, group_by: ['service', 'level'] });
    expect(rowsOf(groups, 'rows').reduce((sum, row) => sum + Number(row['count']), 0)).toBe(
      rowsOf(await app.call('query_logs', { window: FAULTY, limit: 2000 }), 'records').length,
    );
  });

  it('belongs to its caller', async () => {
    const id = idOf(await app.call('query_events'));
    expect(codeOf(await app.call('get_result', { id }, 'somebody else'))).toBe('not_found');
    expect(codeOf(await app.call('get_result', { id }))).toBeUndefined();
  });

  it('names the fields there are when one is wrong', async () => {
    const id = idOf(await app.call('query_events'));
    const error = (await app.call('get_result', { id, sort: 'tme' }))['error'] as JsonObject;
    expect(error['hint']).toMatch(/time/);
  });

  it('accepts a pseudonym where a value is compared', async () => {
    const clients = await app.call('query_logs', { services: ['nginx'], limit: 300, attributes: true });
    const id = idOf(clients);
    const text = JSON.stringify(clients);
    const pseudonym = /<ip_[0-9a-f]+>/.exec(text)?.[0];
    expect(pseudonym).toBeDefined();
    expect(text).not.toMatch(/198\.51\.100\.\d/);
    const row = rowsOf(clients, 'records').find(candidate => JSON.stringify(candidate['attributes']).includes(pseudonym!))!;
    const field = Object.entries(row['attributes'] as JsonObject).find(([, value]) => value === pseudonym)![0];
    const found = await app.call('get_result', { id, where: [`attributes.${field}=${pseudonym}`] });
    const [all, own] = [Number(rowsOf(clients, 'records').length), Number(found['total'])];
    expect(own).toBeGreaterThan(0);
    expect(own).toBeLessThan(all);
  });
});

describe('get_evidence', () => {
  const firstEvidence = async () => {
    const found = await app.call('compare_windows', {
      window: FAULTY,
      baseline: '2026-11-24T13:44:30Z/2026-11-24T13:48:30Z',
      signals: ['traces'],
    });
    return rowsOf(found, 'traces')[0]!['evidence'] as string;
  };

  it('shows source, query and what was observed', async () => {
    const shown = await app.call('get_evidence', { id: await firstEvidence() });
    expect(shown).toMatchObject({ source: 'files', signal: 'traces', observed: { measure: 'failures', direction: 'up' } });
    expect(String(shown['query']).length).toBeGreaterThan(5);
  });

  it('asks the source again', async () => {
    const again = await app.call('get_evidence', { id: await firstEvidence(), action: 'rerun' });
    expect(Number(rowsOf(again, 'measured')[0]!['values'])).toBeGreaterThan(0);
  });

  it('confirms what was observed and refuses the opposite', async () => {
    const id = await firstEvidence();
    expect(
      await app.call('get_evidence', { id, action: 'check', measure: 'duration', at: '2026-11-24T13:49:10Z', tolerance: '2m' }),
    ).toMatchObject({ holds: true });
    expect(
      await app.call('get_evidence', { id, action: 'check', measure: 'duration', direction: 'down', at: '2026-11-24T13:49:10Z' }),
    ).toMatchObject({ holds: false });
    expect(
      await app.call('get_evidence', { id, action: 'check', measure: 'duration', at: '2026-11-24T13:49:10Z', at_least: 1e6 }),
    ).toMatchObject({ holds: false });
  });

  it('refuses to check what is no measure', async () => {
    const found = await app.call('discover');
    const id = rowsOf(found, 'sources')[0]!['evidence'] as string;
    expect(codeOf(await app.call('get_evidence', { id, action: 'check', direction: 'up' }))).toBe('unsupported');
  });

  it('says that it cannot tell about a subject that is not there', async () => {
    const verdict = await app.call('get_evidence', { id: await firstEvidence(), action: 'check', subject: 'no-such-service' });
    expect(verdict['holds']).toBeNull();
  });
});
