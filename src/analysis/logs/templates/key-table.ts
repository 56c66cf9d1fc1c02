/** Filled part of the table before it grows. */
const LOAD = 0.5;

/** Numbers by 64-bit keys, in an open table: looking one up allocates nothing. */
export interface KeyTable {
  /** −1 = the key is not there. */
  find(key1: number, key2: number): number;
  /** The key must not be there yet. */
  set(key1: number, key2: number, value: number): void;
  size(): number;
}

/** @param most keys kept; with one more the table begins anew */
export function keyTable(most: number = Number.POSITIVE_INFINITY): KeyTable {
  let size = 1024;
  let used = 0;
  let keys1 = new Int32Array(size);
  let keys2 = new Int32Array(size);
  let values = new Int32Array(size).fill(-1);

  function slotOf(key1: number, key2: number): number {
    let slot = (key1 ^ (key2 >>> 7)) & (size - 1);
    while (values[slot] !== -1 && (keys1[slot] !== key1 || keys2[slot] !== key2)) slot = (slot + 1) & (size - 1);
    return slot;
  }

  function place(key1: number, key2: number, value: number): void {
    const slot = slotOf(key1, key2);
    keys1[slot] = key1;
    keys2[slot] = key2;
    values[slot] = value;
  }

  function grow(): void {
    const old = { keys1, keys2, values };
    size *= 2;
    keys1 = new Int32Array(size);
    keys2 = new Int32Array(size);
    values = new Int32Array(size).fill(-1);
    for (let i = 0; i < old.values.length; i++) if (old.values[i] !== -1) place(old.keys1[i]!, old.keys2[i]!, old.values[i]!);
  }

  return {
    find: (key1, key2) => values[slotOf(key1, key2)]!,
    set(key1, key2, value) {
      if (used >= most) {
        used = 0;
        values.fill(-1);
      }
      place(key1, key2, value);
      if (++used > size * LOAD) grow();
    },
    size: () => used,
  };
}
