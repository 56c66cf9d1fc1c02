import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCatalog } from '../../src/bundle/read-catalog.ts';
import { readRunbook } from '../../src/bundle/read-runbook.ts';
import { recognise } from '../../src/bundle/recognise.ts';

const BACKSTAGE = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  title: Orders
  description: Takes orders
  annotations:
    backstage.io/kubernetes-id: order-svc
    github.com/project-slug: shop/orders
    shop.example/tier: "1"
  links: [{url: "https://wiki.example/orders", title: Wiki}, {url: "javascript:alert(1)", title: Bad}]
  tags: [node]
spec:
  type: service
  owner: group:default/checkout
  lifecycle: production
  system: shop
  dependsOn: [component:default/inventory, resource:postgres]
  consumesApis: [payment-api]
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: checkout}
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: postgres}
spec: {type: database, owner: dba}
`;
const OWN = `services:
  - name: cart
    owner: checkout
    tier: 2
    dependsOn: redis
    aliases: [cart-svc]
  - name: search
    team: discovery
    runbook: https://wiki.example/search
`;

describe('catalog', () => {
  test('Backstage: components and resources with owner, tier, aliases and what they need; teams are left out', () => {
    const { entries, oddities } = readCatalog(BACKSTAGE, 'c.yaml');
    expect(oddities).toEqual([]);
    expect(entries).toEqual([
      {
        name: 'orders',
        kind: 'service',
        title: 'Orders',
        description: 'Takes orders',
        owner: 'checkout',
        tier: '1',
        lifecycle: 'production',
        system: 'shop',
        repository: 'shop/orders',
        aliases: ['order-svc'],
        dependsOn: ['inventory', 'postgres', 'payment-api'],
        links: [{ title: 'Wiki', url: 'https://wiki.example/orders' }],
        tags: ['node'],
        origin: 'c.yaml',
      },
      expect.objectContaining({ name: 'postgres', kind: 'database', owner: 'dba' }),
    ]);
  });

  test('our own form, as a list or a map', () => {
    const list = readCatalog(OWN, 'c.yaml').entries;
    expect(list).toMatchObject([
      { name: 'cart', owner: 'checkout', tier: '2', dependsOn: ['redis'], aliases: ['cart-svc'] },
      { name: 'search', owner: 'discovery', links: [{ title: 'Runbook', url: 'https://wiki.example/search' }] },
    ]);
    const map = readCatalog('services:\n  cart: {owner: checkout, tier: 2, dependsOn: redis, aliases: [cart-svc]}\n', 'c.yaml').entries;
    expect(map[0]).toEqual({ ...list[0], origin: 'c.yaml' });
  });

  test('a broken document is said with its line, and the others are read', () => {
    const { entries, oddities } = readCatalog(`${OWN}---\na: [1\nb: 2\n---\nservices: {late: {owner: x}}\n`, 'c.yaml');
    expect(entries.map(({ name }) => name)).toEqual(['cart', 'search', 'late']);
    expect(oddities[0]).toMatch(/^is not valid YAML at line \d+$/);
  });

  test('aliases that would unfold to billions of nodes are not followed', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...[...'bcdefgh'].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[i]}`).join(',')}]`),
    ];
    const { entries, oddities } = readCatalog(`${bomb.join('\n')}\nservices: {x: {owner: y}}\n`, 'c.yaml');
    expect(entries).toEqual([]);
    expect(oddities).toEqual(['repeats itself by too many aliases']);
  });

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.constantFrom(BACKSTAGE, OWN).chain(text => fc.nat(text.length).map(n => text.slice(0, n))),
        ),
        text => readCatalog(text, 'c.yaml').entries.every(({ name }) => name !== ''),
      ),
    );
  });
});

describe('runbook', () => {
  test('front matter gives title, services and alerts; the rest is the text', () => {
    const { runbook, oddities } = readRunbook(
      '---\ntitle: Locks\nservices: [postgres]\nalerts: EntrySlow, DbSlow\n---\n# Do\nEnd it.\n',
      'runbooks/db/locks.md',
    );
    expect(oddities).toEqual([]);
    expect(runbook).toEqual({
      id: 'db/locks',
      title: 'Locks',
      services: ['postgres'],
      alerts: ['EntrySlow', 'DbSlow'],
      tags: [],
      text: '# Do\nEnd it.',
      origin: 'runbooks/db/locks.md',
    });
  });

  test.each([
    ['# Disk full\ntext', 'Disk full', 0],
    ['text only', 'disk', 0],
    ['---\ntitle: [\n---\n# T', 'T', 1],
    ['---\na: &a x\ntitle: *a\n---\nbody', 'disk', 1],
  ])('%j is called %s', (text, title, odd) => {
    const { runbook, oddities } = readRunbook(text, 'runbooks/disk.md');
    expect(runbook.title).toBe(title);
    expect(oddities).toHaveLength(odd);
  });
});

test.each([
  ['catalog/x.yaml', BACKSTAGE, 'catalog'],
  ['anything.yml', OWN, 'catalog'],
  ['docker-compose.yaml', 'services:\n  db:\n    image: postgres\n', 'unrecognised'],
  ['runbooks/locks.md', '# Locks\n', 'runbook'],
])('%s is recognised', (path, text, kind) => {
  expect(recognise(Buffer.from(text), path).kind).toBe(kind);
});
