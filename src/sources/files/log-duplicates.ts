import { createHash } from 'node:crypto';
import { openBytes } from '../../bundle/decompress.ts';
import { bodyAt, type LogBatch } from '../../model/log.ts';
import type { Catalog, CatalogFile, Digest } from './catalog.ts';
import { groupOf } from './log-order.ts';
import { timeOf } from './newest.ts';

/** Records of a group that are remembered, newest first to last: rotation repeats the end of a file, never its middle. */
const REMEMBERED = 200_000;

/** Files that hold nothing but what another file of their group holds (a copy, or an earlier state), by the name of that file. */
export async function copies(catalog: Catalog, files: readonly CatalogFile[], signal: AbortSignal): Promise<Map<CatalogFile, CatalogFile>> {
  const found = new Map<CatalogFile, CatalogFile>();
  const groups = new Map<string, CatalogFile[]>();
  for (const file of files) {
    const group = groups.get(groupOf(file));
    if (group) group.push(file);
    else groups.set(groupOf(file), [file]);
  }
  for (const group of groups.values()) {
    for (let i = 0; i < group.length; i++) {
      for (let k = 0; k < group.length && !found.has(group[i]!); k++) {
        const file = group[i]!;
        const other = group[k]!;
        if (i === k || found.has(other) || !startsAlike(file, other)) continue;
        const own = await wholeDigest(catalog, file, signal);
        const whole = await wholeDigest(catalog, other, signal);
        if (own.length > whole.length || (own.length === whole.length && i < k)) continue;
        const prefix = own.length === whole.length ? whole : await digest(other, own.length, signal);
        if (prefix.hash === own.hash) found.set(file, other);
      }
    }
  }
  return found;
}

function startsAlike(a: CatalogFile, b: CatalogFile): boolean {
  const n = Math.min(a.head.length, b.head.length);
  return n > 0 && a.head.compare(b.head, 0, n, 0, n) === 0;
}

async function wholeDigest(catalog: Catalog, file: CatalogFile, signal: AbortSignal): Promise<Digest> {
  const facts = catalog.logFacts(file);
  facts.digest ??= await digest(file, Number.POSITIVE_INFINITY, signal);
  return facts.digest;
}

async function digest(file: CatalogFile, most: number, signal: AbortSignal): Promise<Digest> {
  const hash = createHash('sha1');
  let length = 0;
  for await (const chunk of openBytes(file.path, { signal }).chunks) {
    const piece = length + chunk.length > most ? chunk.subarray(0, most - length) : chunk;
    hash.update(piece);
    length += piece.length;
    if (length >= most) break;
  }
  return { hash: hash.digest('hex'), length };
}

/**
 * Drops records that an earlier file of the group already gave: same time, same text. A record that a file repeats by itself is no
 * duplicate, so occurrences are counted.
 */
export class Overlaps {
  dropped = 0;
  private readonly earlier = new Map<string, Recent>();

  /** A test for the records of one file; undefined when no other file shares its group. */
  of(file: CatalogFile, groupSizes: ReadonlyMap<string, number>): ((batch: LogBatch, row: number) => boolean) | undefined {
    const group = groupOf(file);
    if ((groupSizes.get(group) ?? 0) < 2) return undefined;
    const before = this.earlier.get(group) ?? new Recent();
    const own = new Map<number, number>();
    const next = new Recent(before);
    this.earlier.set(group, next);
    return (batch, row) => {
      const t = timeOf(batch, row);
      if (Number.isNaN(t)) return false;
      const key = hashOf(t, bodyAt(batch, row));
      next.add(key, t);
      if (t > before.newest) return false;
      const count = (own.get(key) ?? 0) + 1;
      own.set(key, count);
      if (count > before.count(key)) return false;
      this.dropped++;
      return true;
    };
  }
}

class Recent {
  newest = Number.NEGATIVE_INFINITY;
  private counts = new Map<number, number>();
  private older: Map<number, number>;

  constructor(before?: Recent) {
    this.older = before ? before.counts : new Map();
    if (before) this.newest = before.newest;
  }

  add(key: number, t: number): void {
    if (t > this.newest) this.newest = t;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    // Two generations: the older one is forgotten as a whole.
    if (this.counts.size > REMEMBERED) {
      this.older = this.counts;
      this.counts = new Map();
    }
  }

  count(key: number): number {
    return (this.counts.get(key) ?? 0) + (this.older.get(key) ?? 0);
  }
}

/** 53 bits of a record's time and text. */
function hashOf(t: number, text: string): number {
  let a = 0x811c9dc5 ^ t;
  let b = 0x9747b28c ^ (t / 4096);
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ c, 0x5bd1e995);
  }
  return (a >>> 0) * 2 ** 21 + ((b ^ (b >>> 13)) >>> 11);
}
