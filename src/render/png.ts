import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
// Written, never read: the library that draws letters takes its configuration from nowhere else.
import { env } from 'node:process';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type sharp from 'sharp';
import { halves } from './cut.ts';
import { indexed } from './palette.ts';

/** The faces that pictures are made of, from `dejavu-fonts-ttf`. */
const FACES = ['DejaVuSansCondensed.ttf', 'DejaVuSansCondensed-Bold.ttf'];

let rasteriser: Promise<typeof sharp> | undefined;

/**
 * The picture as a PNG of at most 256 colours. The first call loads the rasteriser and gives it the bundled font, which is the only one it
 * then knows: the same picture everywhere, and letters also where a machine has no fonts.
 */
export async function toPng(svg: string): Promise<Uint8Array> {
  rasteriser ??= loaded();
  const draw = await rasteriser;
  // Side by side, each on a thread of its own: letters and curves are most of the work.
  const pieces = await Promise.all(
    halves(svg).map(piece => draw(Buffer.from(piece)).ensureAlpha().raw().toBuffer({ resolveWithObject: true })),
  );
  const width = pieces[0]!.info.width;
  const height = pieces.reduce((sum, { info }) => sum + info.height, 0);
  const { rows, palette } = indexed(
    pieces.map(({ data }) => (data.byteOffset % 4 === 0 ? data : Uint8Array.from(data))),
    width,
  );
  // A higher level takes three times as long for a tenth less.
  return encoded(width, height, palette, await promisify(deflate)(rows, { level: 3 }));
}

async function loaded(): Promise<typeof sharp> {
  const folder = fontFolder();
  if (folder !== undefined) env['FONTCONFIG_FILE'] = join(folder, 'fonts.conf');
  return (await import('sharp')).default;
}

/** A folder with the faces and nothing else, below the user's cache or, where that cannot be written, in a temporary one. */
function fontFolder(): string | undefined {
  for (const place of [() => join(homedir(), '.cache', 'sre-copilot', 'fonts'), () => mkdtempSync(join(tmpdir(), 'sre-copilot-fonts-'))]) {
    try {
      return furnished(place());
    } catch {
      // The next place may be writable.
    }
  }
  return undefined;
}

function furnished(folder: string): string {
  mkdirSync(join(folder, 'cache'), { recursive: true, mode: 0o700 });
  const ttf = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');
  for (const face of FACES) put(join(folder, face), statSync(join(ttf, face)).size, path => copyFileSync(join(ttf, face), path));
  const configuration = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${xml(folder)}</dir><cachedir>${xml(join(folder, 'cache'))}</cachedir></fontconfig>
`;
  put(join(folder, 'fonts.conf'), Buffer.byteLength(configuration), path => writeFileSync(path, configuration));
  return folder;
}

/** Written beside and moved into place, so that another process never reads half of it. */
function put(path: string, size: number, write: (path: string) => void): void {
  if (existsSync(path) && statSync(path).size === size) return;
  const half = `${path}.${process.pid}`;
  write(half);
  renameSync(half, path);
}

function xml(text: string): string {
  return text.replace(/[&<>]/g, sign => `&#${sign.charCodeAt(0)};`);
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const PALETTE_COLOR = 3;

function encoded(width: number, height: number, palette: Uint8Array, compressed: Uint8Array): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, PALETTE_COLOR, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', compressed),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(data.length + 12);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(name, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc(bytes.subarray(4, data.length + 8)), data.length + 8);
  return bytes;
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

/** As PNG wants it; Node 20 has none of its own. */
function crc(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = CRC[(rest ^ byte) & 255]! ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}
