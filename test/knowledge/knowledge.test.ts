import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { searchKnowledge } from '../../src/knowledge/search.ts';
import { similarIncidents } from '../../src/knowledge/similar.ts';
import { dependentsOf, mergeTopology } from '../../src/knowledge/topology.ts';
import { wordsOf } from '../../src/knowledge/words.ts';
import type { Edge } from '../../src/model/event.ts';
import type { CatalogEntry, PastIncident, Runbook } from '../../src/model/knowledge.ts';

const service = (name: string, more: Partial<CatalogEntry> = {}): CatalogEntry => ({
  ...{ name, kind: 'service', aliases: [], dependsOn: [], links: [], tags: [], origin: 'catalog.yaml' },
  ...more,
});
const runbook = (id: string, title: string, text: string, services: string[] = []): Runbook => ({
  ...{ id, title, text, services, alerts: [], tags: [], origin: `runbooks/${id}.md` },
});
const incident = (id: string, more: Partial<PastIncident> = {}): PastIncident => ({
  ...{ id, title: id, start: 0, services: [], symptoms: [], recordedBy: 'ann', recordedAt: 1 },
  ...more,
});

describe('words', () => {
  test.each([
    ['OrderServiceTimeout', ['orderservicetimeout', 'order', 'service', 'timeout']],
    ['pool_size of db-1', ['pool_size', 'pool', 'size', 'db-1', 'db', '1']],
    ['The queries are failing', ['query', 'fail']],
    ['', []],
    ['Straße läuft über', ['straße', 'läuft', 'über']],
  ])('%j', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });
});

describe('search', () => {
  const library = {
    services: [service('orders', { description: 'Takes orders', owner: 'checkout' }), service('inventory', { aliases: ['stock-svc'] })],
    runbooks: [
      runbook('locks', 'Blocked transactions', 'Look for the blocking session.\n\nEnd it with pg_terminate_backend.', ['postgres']),
      runbook('disk', 'Disk full', 'Remove old write-ahead segments of postgres.'),
    ],
    incidents: [
      incident('i1', {
        title: 'Checkout slow',
        cause: { entity: { kind: 'database', name: 'postgres' }, fault: 'lock', summary: 'A recount blocked reservations' },
      }),
    ],
  };
  const found = (text: string) => searchKnowledge(text, library).map(({ kind, id }) => `${kind} ${id}`);

  test.each([
    ['postgres is blocked', 'runbook locks'],
    ['disks are full', 'runbook disk'],
    ['stock-svc', 'service inventory'],
    ['who has the orders service', 'service orders'],
    ['reservations', 'incident i1'],
  ])('%j finds %s first', (text, first) => {
    expect(found(text)[0]).toBe(first);
  });

  test('the passage that matched is shown, and a kind can be asked for', () => {
    const [hit] = searchKnowledge('terminate backend', library, ['runbook']);
    expect(hit).toMatchObject({ id: 'locks', excerpt: 'End it with pg_terminate_backend.' });
    expect(searchKnowledge('postgres', library, ['incident']).map(({ id }) => id)).toEqual(['i1']);
  });

  test('nothing in common is no hit, and nothing is thrown for any text', () => {
    expect(found('zebra')).toEqual([]);
    fc.assert(fc.property(fc.string(), text => searchKnowledge(text, library).every(({ score }) => score > 0)));
  });
});

describe('topology', () => {
  const edge = (from: string, to: string, origin: Edge['origin'], kind: Edge['kind'] = 'sync'): Edge => ({ from, to, origin, kind });

  test('an edge that several tell keeps all origins; aliases are their service', () => {
    const { edges } = mergeTopology(
      [edge('web', 'orders', 'traces'), edge('web', 'orders', 'topology', 'async')],
      [service('web', { dependsOn: ['order-svc'] }), service('orders', { aliases: ['order-svc'] })],
    );
    expect(edges).toEqual([{ from: 'web', to: 'orders', kind: 'sync', origins: ['catalog', 'topology', 'traces'] }]);
  });

  test('two origins that disagree about the direction are said', () => {
    expect(mergeTopology([edge('a', 'b', 'traces'), edge('b', 'a', 'topology')], []).conflicts).toEqual([{ a: 'a', b: 'b' }]);
    expect(mergeTopology([edge('a', 'b', 'traces'), edge('b', 'a', 'traces')], []).conflicts).toEqual([]);
  });

  test('the blast radius follows callers, knows who waits, and ends in circles', () => {
    const { edges } = mergeTopology(
      [
        edge('web', 'orders', 'traces'),
        edge('orders', 'db', 'traces'),
        edge('worker', 'db', 'traces', 'async'),
        edge('db', 'web', 'traces'),
      ],
      [],
    );
    expect(dependentsOf('db', edges)).toEqual([
      { name: 'orders', distance: 1, waits: true, via: [] },
      { name: 'worker', distance: 1, waits: false, via: [] },
      { name: 'web', distance: 2, waits: true, via: ['orders'] },
    ]);
    expect(dependentsOf('nobody', edges)).toEqual([]);
  });

  test('on any graph it ends, and holds nobody twice', () => {
    const node = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const edgeOf = fc.tuple(node, node, fc.constantFrom('sync' as const, 'async' as const));
    fc.assert(
      fc.property(fc.array(edgeOf, { maxLength: 30 }), drawn => {
        const { edges } = mergeTopology(
          drawn.map(([from, to, kind]) => edge(from, to, 'traces', kind)),
          [],
        );
        const names = dependentsOf('a', edges).map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(names).not.toContain('a');
      }),
    );
  });
});

describe('similar incidents', () => {
  const lock = incident('lock', {
    services: ['orders'],
    cause: { entity: { kind: 'database', name: 'db' }, fault: 'lock', summary: '' },
    symptoms: ['statement timeout in inventory'],
  });
  const disk = incident('disk', {
    services: ['orders'],
    cause: { entity: { kind: 'node', name: 'n1' }, fault: 'disk', summary: '' },
    symptoms: ['no space left'],
  });

  test('the same broken thing in the same way comes first, with what both share', () => {
    const [first] = similarIncidents(
      { services: ['orders'], cause: { name: 'db', fault: 'lock' }, symptoms: ['canceling statement due to timeout'] },
      [disk, lock],
    );
    expect(first!.incident.id).toBe('lock');
    expect(first!.shared).toContain('cause db; fault lock');
  });

  test('one shared service alone, or an unknown fault, is no likeness', () => {
    expect(
      similarIncidents({ services: ['cart'], cause: { name: 'x', fault: 'unknown' }, symptoms: [] }, [
        incident('u', { cause: { entity: { kind: 'pod', name: 'y' }, fault: 'unknown', summary: '' } }),
      ]),
    ).toEqual([]);
  });
});
