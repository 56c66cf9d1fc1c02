import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { Json } from '../model/json.ts';

/** A JSON text, or its deflated bytes when it is large. */
export type Encoded = string | Uint8Array;

/** Below this, compressing costs more time than it saves writing. */
const COMPRESS_FROM = 16_384;

const deflated = promisify(deflate) as (data: Uint8Array, options: { level: number }) => Promise<Uint8Array>;
const inflated = promisify(inflate) as (data: Uint8Array) => Promise<Buffer>;

/** Rows of telemetry repeat their keys, so that even the fastest level takes off nine tenths; it runs beside the main thread. */
export async function encode(value: Json): Promise<Encoded> {
  const text = JSON.stringify(value);
  return text.length < COMPRESS_FROM ? text : deflated(Buffer.from(text), { level: 1 });
}

export async function decode(encoded: Encoded): Promise<Json> {
  return JSON.parse(typeof encoded === 'string' ? encoded : (await inflated(encoded)).toString()) as Json;
}

/** Bytes it takes on the shelf. */
export function sizeOf(encoded: Encoded): number {
  return typeof encoded === 'string' ? Buffer.byteLength(encoded) : encoded.length;
}
