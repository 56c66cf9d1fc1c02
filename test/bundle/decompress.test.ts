import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { compressionOf, openBytes } from '../../src/bundle/decompress.ts';
import { folderOf } from '../sources/folder.ts';

/** What the packed samples below hold; they were packed with the usual commands from this very text. */
const SMALL = Array.from({ length: 60 }, (_, i) => `2025-03-04T10:00:${String(i).padStart(2, '0')}Z INFO record ${i}\n`).join('');
const LARGE = Array.from({ length: 90_000 }, (_, i) => `line ${i % 7} of a long text that repeats\n`).join('');
const SMALL_ZST =
  'KLUv/WRmB80FAPKMHhWQKx148XUceNU/aG8pU0rJEevvxxOA8kJO6kWn/7778tw3nxcXYlIuMt23XZfmvPG4tJCSalHpveu2LNdNp4WFkBSLSOdNlyU5bjgsK2SkVjT67rkrx22zUgipIvrtltwAcygajMSicRgGBcKBmBHMCGYHT6ATOIcBdqgRQPr+nwHwNdYR/IUBESAfIMycmVnXU7XkzKzrrFoyZ9Z1ai2ZOes6VZfMjlNZxZTbZZIRE0VmQlkFcGg/eA==';
const LARGE_ZST =
  'KLUv/aSwEDAADAIAlAJsaW5lIDAgb2YgYSBsb25nIHRleHQgdGhhdCByZXBlYXRzCjEyMzQ1NggACP94kwO4DzgMOAKcAw4DLmYu9QRUAAAAAQD9/xH/uQYCRAAAAAEA/f85AAJEAAAAAQD9/zkAAkQAAAABAP3/OQACRAAAAAEA/f85AAJEAAAAAQD9/zkAAkQAAAABAP3/OQACRAAAAAEA/f85AAJEAAAAAQD9/zkAAkQAAAABAP3/OQACRAAAAAEA/f85AAJEAAAAAQD9/zkAAkQAAAABAP3/OQACRAAAAAEA/f85AAJEAAAAAQD9/zkAAkQAAAABAP3/OQACRAAAAAEA/f85AAJEAAAAAQD9/zkAAkQAAAABAP3/OQACRAAAAAEA/f85AAJEAAAAAQD9/zkAAkQAAAABAP3/OQACRAAAAAEA/f85AAI9AAAAAQCt0AMgiuz29A==';
const SMALL_BZ2 =
  'QlpoOTFBWSZTWQ97P6kAAaTfgAAQQAJ/8AEhhBAOAJAAMAFmDZDKo9NI//VVNCDymIMqN6p/qoAAAM1Ub00qphMAHfTOvTq7bdwAAAAAAAD+ktvElt3ktuslt6yW3zttjbP3LW+JNs9Um2CTbE8Sbf/abZy27JJJ8pNvegAAAAA3d3dskknsk296AADUm310AAb3u7tySTEm3lAAAAAAt5bbmSSUAAAAACpNu2923MyTtJtygAAAAAZ3mW3MzJznOcwACSSAAEkkKgApSlLBpNvpJt2qW3iS28SW3WS25cuRo33346HMBqMAZDQGgMhjGMepLb8klt9yWv5Jt7JNv8XckU4UJAPez+pA';

async function read(name: string, content: string | Uint8Array) {
  const stream = openBytes(join(folderOf({ [name]: content }), name));
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream.chunks) chunks.push(chunk);
  return { text: Buffer.concat(chunks).toString('utf8'), damage: stream.damage(), chunks: chunks.length };
}

describe('each packing, told by the first bytes and not by the name', () => {
  test.each<[string, Uint8Array]>([
    ['none', Buffer.from(SMALL)],
    ['gzip', gzipSync(SMALL)],
    ['zstd', Buffer.from(SMALL_ZST, 'base64')],
    ['bzip2', Buffer.from(SMALL_BZ2, 'base64')],
  ])('%s', async (kind, packed) => {
    expect(compressionOf(packed)).toBe(kind);
    expect(await read('any.log', packed)).toMatchObject({ text: SMALL, damage: undefined });
  });

  test('a zstd file of many blocks: what was handed out is not overwritten later', async () => {
    const { text, damage, chunks } = await read('large.zst', Buffer.from(LARGE_ZST, 'base64'));
    expect(chunks).toBeGreaterThan(1);
    expect(text === LARGE).toBe(true);
    expect(damage).toBeUndefined();
  });

  test('large gzip files go through in pieces, members behind each other as one', async () => {
    const packed = Buffer.concat([gzipSync(LARGE), gzipSync(SMALL)]);
    expect(gunzipSync(packed).toString() === LARGE + SMALL).toBe(true);
    expect((await read('x', packed)).text === LARGE + SMALL).toBe(true);
  });
});

describe('a file that breaks off gives what can be read, and says so', () => {
  test.each<[string, Uint8Array, string]>([
    ['gzip', gzipSync(LARGE), 'breaks off'],
    ['zstd', Buffer.from(LARGE_ZST, 'base64'), 'damaged or cut zstd'],
    ['bzip2', Buffer.from(SMALL_BZ2, 'base64'), 'damaged or cut bzip2'],
  ])('%s', async (_, packed, said) => {
    const { text, damage } = await read('x', packed.subarray(0, Math.floor(packed.length * 0.9)));
    expect(LARGE.startsWith(text) || SMALL.startsWith(text)).toBe(true);
    expect(damage).toContain(said);
  });

  test('nothing but the first bytes of a packing', async () => {
    expect(await read('x', Uint8Array.from([0x1f, 0x8b]))).toMatchObject({ text: '', damage: expect.stringContaining('gzip') });
  });
});

test('part of an uncompressed file', async () => {
  const path = join(folderOf({ a: '0123456789' }), 'a');
  let text = '';
  for await (const chunk of openBytes(path, { start: 2, end: 7, chunkBytes: 2 }).chunks) text += Buffer.from(chunk).toString();
  expect(text).toBe('23456');
});
