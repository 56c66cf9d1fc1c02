import { createHash } from 'node:crypto';
import type { Json } from '../model/json.ts';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** JSON with keys in order, so that equal values are equal text. What JSON cannot hold (NaN, undefined) becomes null or is left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(item => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const record = value as Record<string, unknown>;
    const pairs = Object.keys(record)
      .filter(key => record[key] !== undefined)
      .sort()
      .map(key => `${JSON.stringify(key)}:${canonicalJson(record[key])}`);
    return `{${pairs.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** The first `length` letters (5 bits each) of the SHA-256 of the parts' canonical JSON. */
export function contentHash(length: number, ...parts: readonly (Json | undefined)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(canonicalJson(part ?? null)).update('\n');
  return base32(hash.digest()).slice(0, length);
}

function base32(bytes: Uint8Array): string {
  let letters = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      letters += BASE32[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return letters;
}
