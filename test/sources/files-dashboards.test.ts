import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { recognise } from '../../src/bundle/recognise.ts';
import type { Dashboard } from '../../src/model/dashboard.ts';
import { SreError } from '../../src/model/errors.ts';
import { io, sourceOf } from './folder.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures/dashboards', `${name}.json`), 'utf8');
const small = (fields: object) =>
  JSON.stringify({ schemaVersion: 39, panels: [{ id: 1, type: 'stat', title: 'Up', targets: [{ expr: 'up' }] }], ...fields });

describe('a dashboard among the files of a bundle', () => {
  it.each(['rows', 'grid', 'elements', 'tabs', 'alpha'])('is told from its first bytes: %s', name => {
    const bytes = Buffer.from(fixture(name));
    expect(recognise(bytes, 'x/whatever.txt').kind).toBe('dashboard');
    expect(recognise(bytes.subarray(0, 4000), 'x/whatever.txt').kind).toBe('dashboard');
    expect(recognise(Buffer.from(JSON.stringify({ meta: {}, dashboard: JSON.parse(fixture(name)) })), 'x').kind).toBe('dashboard');
  });

  it('is read as a text inside of JSON, wrapped as an API answers it, and below `spec`', async () => {
    const text = small({ uid: 'a', title: 'A' });
    const source = sourceOf({
      'text.json': JSON.stringify(text),
      'api.json': JSON.stringify({ meta: { slug: 'b' }, dashboard: { ...JSON.parse(text), uid: 'b' } }),
      'resource.json': JSON.stringify({
        apiVersion: 'dashboard.grafana.app/v1beta1',
        metadata: { name: 'c' },
        spec: JSON.parse(small({ title: 'C' })),
      }),
    });
    const { data } = await source.dashboards!.list(undefined, io());
    expect(data.map(one => [one.id, one.widgets]).sort()).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]);
  });

  it.each([
    ['a log line', '{"time":"2026-01-01T00:00:00Z","level":"info","message":"dashboard loaded","rows":[1,2]}\n'],
    ['a topology', '{"nodes":[{"id":"a"}],"edges":[]}'],
    ['a log with a spec', '{"timestamp":"2026-01-01T00:00:00Z","msg":"applied","spec":{"elements":3}}\n'],
  ])('is not what %s is', (_, text) => {
    expect(recognise(Buffer.from(text), 'x').kind).not.toBe('dashboard');
  });

  it('is listed and read by id or title, packed or not', async () => {
    const source = sourceOf({
      'dashboards/a.json.gz': gzipSync(fixture('grid')),
      'b.json': fixture('elements'),
      'c.json': small({ title: 'No id' }),
    });
    const { data, complete, evidence } = await source.dashboards!.list(undefined, io());
    expect(complete).toBe(true);
    expect(evidence.signal).toBe('dashboards');
    expect(data.map(one => [one.id, one.title, one.widgets]).sort()).toEqual([
      ['c', 'No id', 1],
      ['till-elements', 'Till elements', 6],
      ['till-grid', 'Till', 14],
    ]);
    expect((await source.dashboards!.list('SHOP till', io())).data.map(one => one.id)).toEqual(['till-grid']);
    expect((await source.dashboards!.read('till-grid', io())).data.title).toBe('Till');
    expect((await source.dashboards!.read('no ID', io())).data.id).toBe('c');
  });

  it('that is not there is answered with the nearest one', async () => {
    const source = sourceOf({ 'a.json': fixture('grid') });
    const error = await source.dashboards!.read('till-gird', io()).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(SreError);
    expect(error).toMatchObject({ code: 'not_found', hint: expect.stringContaining('till-grid') });
  });

  it('stands once in several bundles, and beside another one of the same id', async () => {
    const source = sourceOf({
      'one/shop.json': small({ uid: 'shop', title: 'Shop' }),
      'two/shop.json': small({ uid: 'shop', title: 'Shop' }),
      'three/shop.json': small({ uid: 'shop', title: 'Other' }),
    });
    const { data } = await source.dashboards!.list(undefined, io());
    expect(data.map(one => one.title).sort()).toEqual(['Other', 'Shop']);
    expect(new Set(data.map(one => one.id)).size).toBe(2);
    const read = await Promise.all(data.map(async one => (await source.dashboards!.read(one.id, io())).data as Dashboard));
    expect(read.map(one => one.title)).toEqual(data.map(one => one.title));
  });

  it('of another vendor, or cut off, is said', async () => {
    const source = sourceOf({
      'cw.json': '{"widgets":[{"type":"text","properties":{"markdown":"x"}}]}',
      'cut.json': fixture('grid').slice(0, 3000),
    });
    const { data, notes, complete } = await source.dashboards!.list(undefined, io());
    expect(data).toEqual([]);
    expect(complete).toBe(false);
    expect(notes.map(note => note.text)).toEqual([
      'cut.json breaks off in the middle of a dashboard; what could be read was used.',
      'In cw.json 1 dashboard of CloudWatch is of a form that is not read.',
    ]);
  });

  it('is described by its title', async () => {
    const source = sourceOf({ 'a.json': fixture('grid') });
    const { data } = await source.describe('till', io());
    expect(data.items).toEqual([{ signal: 'dashboards', name: 'Till', count: 14, detail: 'id till-grid, a.json' }]);
  });
});
