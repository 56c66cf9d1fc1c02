/** Of a stream of values at most so many, evenly thinned: what is kept stands for the whole stream, in its order. */
export interface Thinned<T> {
  /** @param make is called only when the value is kept */
  add(make: () => T): void;
  list(): readonly T[];
}

/**
 * Keeps every value at first, then every second, every fourth …, so that at most `most` are held.
 * @example
 * const kept = thinned(4); for (let i = 0; i < 8; i++) kept.add(() => i);
 * kept.list() // => [0, 2, 4, 6]
 */
export function thinned<T>(most: number): Thinned<T> {
  let kept: T[] = [];
  let stride = 1;
  let seen = 0;
  return {
    add(make) {
      if (seen++ % stride !== 0) return;
      if (kept.length >= most) {
        kept = kept.filter((_, i) => i % 2 === 0);
        stride *= 2;
        if ((seen - 1) % stride !== 0) return;
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
