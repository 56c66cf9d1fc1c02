import { SreError } from '../../model/errors.ts';

/** What a unit measures and how many base units it holds: `ms` is time, 0.001 of a second. */
export interface Unit {
  /** `time`, `bytes`, `share`, `{request}/time` …; only units of one dimension can be compared. */
  readonly dimension: string;
  readonly factor: number;
}

/** UCUM atoms that monitoring uses, in their base unit. */
const ATOMS: Readonly<Record<string, Unit>> = {
  s: { dimension: 'time', factor: 1 },
  min: { dimension: 'time', factor: 60 },
  h: { dimension: 'time', factor: 3600 },
  d: { dimension: 'time', factor: 86_400 },
  By: { dimension: 'bytes', factor: 1 },
  bit: { dimension: 'bytes', factor: 1 / 8 },
  '%': { dimension: 'share', factor: 0.01 },
  '1': { dimension: 'share', factor: 1 },
  Hz: { dimension: 'share/time', factor: 1 },
  Cel: { dimension: 'temperature', factor: 1 },
  V: { dimension: 'voltage', factor: 1 },
  A: { dimension: 'current', factor: 1 },
  W: { dimension: 'power', factor: 1 },
  J: { dimension: 'energy', factor: 1 },
  m: { dimension: 'length', factor: 1 },
  g: { dimension: 'mass', factor: 1 },
};

const PREFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  c: 1e-2,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** Not to be prefixed: a "milliminute" or a "kilopercent" is always a misreading. */
const NEVER_PREFIXED = new Set(['min', 'h', 'd', '%', '1']);

/**
 * Dimension and factor of a UCUM unit: atoms with prefixes, `{annotations}` (each a dimension of its own), and one division.
 * @param unit such as `ms`, `By`, `%`, `{request}`, `MiBy/s`
 * @returns undefined when it is empty or not understood
 * @example parseUnit('MiBy/min') // => { dimension: 'bytes/time', factor: 1048576 / 60 }
 * @example parseUnit('furlong') // => undefined
 */
export function parseUnit(unit: string): Unit | undefined {
  const [above, below, ...more] = unit.split('/');
  if (more.length > 0) return undefined;
  const top = parseAtom(above!);
  if (below === undefined || !top) return top;
  const bottom = parseAtom(below);
  if (!bottom) return undefined;
  if (bottom.dimension === top.dimension) return { dimension: 'share', factor: top.factor / bottom.factor };
  return { dimension: `${top.dimension}/${bottom.dimension}`, factor: top.factor / bottom.factor };
}

function parseAtom(text: string): Unit | undefined {
  const [, prefix, annotation] = /^([numckMGTP]i?)?(\{[^{}]*\})$/.exec(text) ?? [];
  if (annotation !== undefined) return { dimension: annotation, factor: prefix === undefined ? 1 : PREFIXES[prefix]! };
  if (Object.hasOwn(ATOMS, text)) return ATOMS[text];
  for (const length of [1, 2]) {
    const scale = PREFIXES[text.slice(0, length)];
    const atom = text.slice(length);
    if (scale !== undefined && Object.hasOwn(ATOMS, atom) && !NEVER_PREFIXED.has(atom)) {
      const base = ATOMS[atom]!;
      return { dimension: base.dimension, factor: base.factor * scale };
    }
  }
  return undefined;
}

/**
 * What a value in one unit must be multiplied by to be in another.
 * @param from UCUM
 * @param to UCUM; equal text always gives 1, also when neither is understood
 * @throws SreError `invalid_argument` when the two do not measure the same thing, or one is not understood
 * @example unitFactor('ms', 's') // => 0.001
 * @example unitFactor('%', '1') // => 0.01
 */
export function unitFactor(from: string, to: string): number {
  if (from === to) return 1;
  const [a, b] = [parseUnit(from), parseUnit(to)];
  if (a && b && a.dimension === b.dimension) return a.factor / b.factor;
  throw new SreError('invalid_argument', `Values in ${named(from)} cannot be put together with values in ${named(to)}.`, {
    hint: 'Ask for each unit on its own, or name the metric more narrowly.',
  });
}

/**
 * Values in another unit.
 * @param v values; NaN stays NaN
 * @param from UCUM unit of the values
 * @param to UCUM unit wanted
 * @returns a new array
 * @throws SreError `invalid_argument` when the units do not measure the same thing
 * @example convertUnit([1500, NaN], 'ms', 's') // => Float64Array.of(1.5, NaN)
 */
export function convertUnit(v: ArrayLike<number>, from: string, to: string): Float64Array {
  const factor = unitFactor(from, to);
  return Float64Array.from(v, x => x * factor);
}

function named(unit: string): string {
  return unit === '' ? 'an unknown unit' : unit;
}
