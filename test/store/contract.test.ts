import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/model/evidence.ts';
import type { Store, StoredResult } from '../../src/model/store.ts';
import type { Retention } from '../../src/store/shelf.ts';
import { memoryStore, openStore } from '../../src/store/store.ts';

const NOON = Date.UTC(2024, 4, 1, 12);

const evidence: Evidence = {
  source: 'files',
  signal: 'logs',
  query: 'logs/checkout.log | level >= ERROR',
  window: { start: NOON, end: NOON + 60_000 },
  complete: true,
  request: { window: { start: NOON, end: NOON + 60_000 }, level: 'ERROR', note: 'Zürich — ошибка 🙂' },
};

function resultOf(id: string, rows: number): StoredResult {
  return {
    id,
    tool: 'query_logs',
    created: NOON,
    summary: `${rows} records`,
    facts: { total: rows },
    sections: [
      { key: 'records', rows: Array.from({ length: rows }, (_, i) => ({ line: i, body: `order ${i} failed with code ${i % 7}` })) },
    ],
    notes: [{ kind: 'truncated', text: 'Only the newest are shown.' }],
  };
}

/** What every store promises, wherever it keeps things. */
function storeContract(name: string, open: (options: { clock: () => number; retention?: Retention }) => Promise<Store>): void {
  describe(name, () => {
    let now = NOON;
    const clock = () => now;
    const opened: Store[] = [];
    const make = async (retention?: Retention) => {
      const store = await open(retention ? { clock, retention } : { clock });
      opened.push(store);
      return store;
    };
    beforeEach(() => {
      now = NOON;
    });
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });

    test('gives back what was saved', async () => {
      const store = await make();
      await store.saveEvidence('local', 'ev_1', evidence);
      await store.saveResult('local', resultOf('r1', 3));
      await store.saveInvestigation('local', 'inv_1', { phase: 'ranking', seen: [1, 2], at: null });
      await store.saveBaseline('files', 'latency/checkout', { median: 12.5 });
      expect(await store.evidence('local', 'ev_1')).toEqual(evidence);
      expect(await store.result('local', 'r1')).toEqual(resultOf('r1', 3));
      expect(await store.investigation('local', 'inv_1')).toEqual({ phase: 'ranking', seen: [1, 2], at: null });
      expect(await store.baseline('files', 'latency/checkout')).toEqual({ median: 12.5 });
    });

    test('what is not there is undefined', async () => {
      const store = await make();
      expect(await store.evidence('local', 'ev_1')).toBeUndefined();
      expect(await store.result('local', '__proto__')).toBeUndefined();
      expect(await store.investigation('local', 'inv_1')).toBeUndefined();
      expect(await store.baseline('files', 'x')).toBeUndefined();
      expect(await store.pseudonymValue('<ip_7f3a>')).toBeUndefined();
      expect(await store.list('local', 'results', 5)).toEqual([]);
    });

    test('a baseline belongs to its source, and the newest one counts', async () => {
      const store = await make();
      const keys = Array.from({ length: 200 }, (_, i) => `queue/${i}`);
      await Promise.all(keys.map(key => store.saveBaseline('a', key, { baselines: [{ rows: 1, hours: [[34, 60, 1.5, 2, 2.5]] }] })));
      await store.saveBaseline('b', 'queue/0', { baselines: [] });
      await store.saveBaseline('a', 'queue/7', { baselines: [{ rows: 2 }] });
      expect(await store.baseline('a', 'queue/0')).toEqual({ baselines: [{ rows: 1, hours: [[34, 60, 1.5, 2, 2.5]] }] });
      expect(await store.baseline('b', 'queue/0')).toEqual({ baselines: [] });
      expect(await store.baseline('a', 'queue/7')).toEqual({ baselines: [{ rows: 2 }] });
      expect(await store.baseline('b', 'queue/7')).toBeUndefined();
    });

    test("another caller's ids are not there", async () => {
      const store = await make();
      await store.saveEvidence('ann', 'ev_1', evidence);
      await store.saveResult('ann', resultOf('r1', 1));
      await store.saveInvestigation('ann', 'inv_1', {});
      expect(await store.evidence('bob', 'ev_1')).toBeUndefined();
      expect(await store.result('bob', 'r1')).toBeUndefined();
      expect(await store.investigation('bob', 'inv_1')).toBeUndefined();
      for (const what of ['evidence', 'results', 'investigations'] as const) {
        expect(await store.list('bob', what, 5)).toEqual([]);
        expect(await store.list('ann', what, 5)).toHaveLength(1);
      }
    });

    test('one id of two callers is two things', async () => {
      const store = await make();
      await store.saveInvestigation('ann', 'inv_1', { of: 'ann' });
      await store.saveInvestigation('bob', 'inv_1', { of: 'bob' });
      expect(await store.investigation('ann', 'inv_1')).toEqual({ of: 'ann' });
    });

    test('saving again replaces and makes it the newest', async () => {
      const store = await make();
      await store.saveInvestigation('local', 'a', { title: 'first', step: 1 });
      now += 1000;
      await store.saveInvestigation('local', 'b', { summary: 'second\nline' });
      now += 1000;
      await store.saveInvestigation('local', 'a', { title: 'first', step: 2 });
      expect(await store.list('local', 'investigations', 10)).toEqual([
        { id: 'a', created: NOON + 2000, title: 'first' },
        { id: 'b', created: NOON + 1000, title: 'second line' },
      ]);
      expect(await store.list('local', 'investigations', 1)).toHaveLength(1);
      expect(await store.investigation('local', 'a')).toEqual({ title: 'first', step: 2 });
    });

    test('what was saved does not change with the object it came from', async () => {
      const store = await make();
      const state = { steps: ['one'] };
      await store.saveInvestigation('local', 'a', state);
      state.steps.push('two');
      expect(await store.investigation('local', 'a')).toEqual({ steps: ['one'] });
    });

    test('a large result comes back whole', async () => {
      const store = await make();
      const large = resultOf('large', 200_000);
      expect(JSON.stringify(large).length).toBeGreaterThan(10_000_000);
      await store.saveResult('local', large);
      expect(await store.result('local', 'large')).toEqual(large);
    });

    test('a pseudonym keeps the value that it was given first', async () => {
      const store = await make();
      await store.savePseudonym('<ip_7f3a>', '198.51.100.7');
      await store.savePseudonym('<ip_7f3a>', '203.0.113.9');
      expect(await store.pseudonymValue('<ip_7f3a>')).toBe('198.51.100.7');
    });

    test('the pseudonym key is 32 bytes and stays', async () => {
      const store = await make();
      const [first, second] = await Promise.all([store.pseudonymKey(), store.pseudonymKey()]);
      expect(first).toHaveLength(32);
      expect(second).toEqual(first);
      expect(await store.pseudonymKey()).toEqual(first);
    });

    test('beyond the limit the oldest go, per caller', async () => {
      const store = await make({ results: { entries: 3, bytes: 1e9 } });
      await store.saveResult('bob', resultOf('r0', 1));
      for (let i = 0; i < 6; i++) await store.saveResult('ann', resultOf(`r${i}`, 1));
      expect((await store.list('ann', 'results', 10)).map(({ id }) => id)).toEqual(['r5', 'r4', 'r3']);
      expect(await store.result('ann', 'r0')).toBeUndefined();
      expect(await store.result('bob', 'r0')).toEqual(resultOf('r0', 1));
    });

    test('a limit in bytes keeps the newest even when it alone is larger', async () => {
      const store = await make({ results: { entries: 100, bytes: 20_000 } });
      for (let i = 0; i < 10; i++) await store.saveResult('ann', resultOf(`r${i}`, 100));
      const kept = (await store.list('ann', 'results', 100)).map(({ id }) => id);
      expect(kept[0]).toBe('r9');
      expect(kept.length).toBeGreaterThan(1);
      expect(kept.length).toBeLessThan(6);
      await store.saveResult('ann', resultOf('huge', 20_000));
      expect((await store.list('ann', 'results', 100)).map(({ id }) => id)).toEqual(['huge']);
    });

    test('a template is found by the id that an answer gave, also after it became part of another one', async () => {
      const store = await make();
      await store.saveTemplates('local', [
        { id: 't_1', text: 'user ann logged in' },
        { id: 't_2', text: 'port <*> open' },
      ]);
      await store.saveTemplates('local', [
        { id: 't_3', text: 'user <*> logged in' },
        { id: 't_2', text: 'another text' },
      ]);
      await store.saveTemplateAlias('local', 't_1', 't_3');
      expect(await store.template('local', 't_1')).toEqual({ id: 't_3', text: 'user <*> logged in' });
      expect(await store.template('local', 't_2')).toEqual({ id: 't_2', text: 'port <*> open' });
      expect((await store.templates('local', 10)).map(({ id }) => id).sort()).toEqual(['t_2', 't_3']);
      expect(await store.template('bob', 't_1')).toBeUndefined();
      await store.saveTemplates('local', [{ id: 't_4', text: '<*> <*> logged in' }]);
      await store.saveTemplateAlias('local', 't_3', 't_4');
      expect((await store.template('local', 't_1'))?.id).toBe('t_4');
    });

    test('templates never lead in a circle', async () => {
      const store = await make();
      await store.saveTemplates('local', [
        { id: 't_1', text: 'a' },
        { id: 't_2', text: 'b' },
      ]);
      await store.saveTemplateAlias('local', 't_1', 't_2');
      await store.saveTemplateAlias('local', 't_2', 't_1');
      await store.saveTemplateAlias('local', 't_2', 't_2');
      await store.saveTemplateAlias('local', 't_2', 't_9');
      expect((await store.template('local', 't_1'))?.id).toBe('t_2');
      expect((await store.template('local', 't_2'))?.id).toBe('t_2');
    });

    test('many writes at once all arrive', async () => {
      const store = await make();
      await Promise.all(Array.from({ length: 500 }, (_, i) => store.saveEvidence('local', `ev_${i}`, { ...evidence, query: `q${i}` })));
      expect(await store.list('local', 'evidence', 1000)).toHaveLength(500);
      expect((await store.evidence('local', 'ev_499'))?.query).toBe('q499');
    });
  });
}

const directories: string[] = [];
afterEach(() => {
  for (const dir of directories.splice(0)) rmSync(dir, { recursive: true, force: true });
});

storeContract('memory', async options => memoryStore(options));
storeContract('SQLite', options => {
  const dir = mkdtempSync(join(tmpdir(), 'store-contract-'));
  directories.push(dir);
  return openStore({ dir, ...options });
});
