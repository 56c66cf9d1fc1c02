import type { Clock } from '../runtime/clock.ts';
import { decode, type Encoded, encode, sizeOf } from './encoding.ts';
import type { Entry, Kind, Retention, Shelf } from './shelf.ts';

interface Kept {
  readonly created: number;
  readonly title: string;
  readonly encoded: Encoded;
}

/** A shelf that ends with the process. Values are kept encoded: nobody can change what was saved, and large ones stay small. */
export function memoryShelf(clock: Clock, retention: Retention): Shelf {
  /** By kind and owner; a map keeps the order in which its entries were put. */
  const shelves = new Map<string, { entries: Map<string, Kept>; bytes: number }>();

  function shelfFor(kind: Kind, owner: string): { entries: Map<string, Kept>; bytes: number } {
    const key = `${kind}\n${owner}`;
    let shelf = shelves.get(key);
    if (!shelf) {
      shelf = { entries: new Map(), bytes: 0 };
      shelves.set(key, shelf);
    }
    return shelf;
  }

  function insert({ kind, owner, id, title }: Entry, encoded: Encoded): void {
    const shelf = shelfFor(kind, owner);
    const drop = (old: string) => {
      shelf.bytes -= sizeOf(shelf.entries.get(old)!.encoded);
      shelf.entries.delete(old);
    };
    if (shelf.entries.has(id)) drop(id);
    shelf.entries.set(id, { created: clock(), title, encoded });
    shelf.bytes += sizeOf(encoded);
    const limit = retention[kind];
    if (!limit) return;
    for (const old of shelf.entries.keys()) {
      if ((shelf.entries.size <= limit.entries && shelf.bytes <= limit.bytes) || shelf.entries.size === 1) return;
      drop(old);
    }
  }

  const find = (kind: Kind, owner: string, id: string) => shelfFor(kind, owner).entries.get(id)?.encoded;

  return {
    async put(entry) {
      insert(entry, await encode(entry.value));
    },
    async putOnce(entry) {
      const encoded = await encode(entry.value);
      const standing = find(entry.kind, entry.owner, entry.id);
      if (standing === undefined) insert(entry, encoded);
      return decode(standing ?? encoded);
    },
    async get(kind, owner, id) {
      const encoded = find(kind, owner, id);
      return encoded === undefined ? undefined : decode(encoded);
    },
    async list(kind, owner, most) {
      return [...shelfFor(kind, owner).entries]
        .reverse()
        .slice(0, most)
        .map(([id, { created, title }]) => ({ id, created, title }));
    },
    async close() {},
  };
}
