/** Of a stream of values at most so many: runs of consecutive ones, evenly spread, in their order. */
export interface Thinned<T> {
  /** @param make is called only when the value is kept */
  add(make: () => T): void;
  list(): readonly T[];
}

/**
 * Keeps every value at first, then every second run of `run` values, every fourth …, so that at most `most` are held. Runs are kept whole, because what
 * follows what is part of what is looked for.
 * @example
 * const kept = thinned(4, 2); for (let i = 0; i < 12; i++) kept.add(() => i);
 * kept.list() // => [0, 1, 8, 9]
 */
export function thinned<T>(most: number, run: number): Thinned<T> {
  let kept: T[] = [];
  let stride = 1;
  let seen = 0;
  return {
    add(make) {
      if (Math.floor(seen++ / run) % stride !== 0) return;
      if (kept.length >= most) {
        kept = kept.filter((_, i) => Math.floor(i / run) % 2 === 0);
        stride *= 2;
        if (Math.floor((seen - 1) / run) % stride !== 0) return;
      }
      kept.push(make());
    },
    list: () => kept,
  };
}

/** The newest `most` numbers of a stream. */
export interface Latest {
  add(value: number): void;
  list(): readonly number[];
}

/**
 * Keeps the newest `most` numbers.
 * @example
 * const kept = latest(2); for (const x of [1, 2, 3]) kept.add(x);
 * kept.list() // => [2, 3]
 */
export function latest(most: number): Latest {
  const ring: number[] = [];
  let next = 0;
  return {
    add(value) {
      if (ring.length < most) ring.push(value);
      else ring[next] = value;
      next = (next + 1) % most;
    },
    list: () => (ring.length < most ? ring : [...ring.slice(next), ...ring.slice(0, next)]),
  };
}
