import { SreError } from '../../model/errors.ts';

/** What a unit measures and how many base units it holds: `ms` is time, 0.001 of a second. */
export interface Unit {
  /** `time`, `bytes`, `share`, `{request}/time` …; only units of one dimension can be compared. */
  readonly dimension: string;
  readonly factor: number;
}

/** A unit after a multiplication, and what the product of the values must be multiplied by to be in it. */
export interface DerivedUnit {
  readonly unit: string;
  readonly factor: number;
}

/** One factor of a unit: `MiBy` of `MiBy/s`, to the power 1. */
interface Term extends Unit {
  readonly text: string;
  readonly exponent: number;
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

/** People scale by these numbers to read a quantity in another of its units. */
const SCALES: readonly (readonly string[])[] = [
  ['ns', 'us', 'ms', 's', 'min', 'h', 'd'],
  ['bit', 'By', 'kBy', 'MBy', 'GBy', 'TBy', 'KiBy', 'MiBy', 'GiBy', 'TiBy'],
  ['1', '%'],
];

/**
 * Dimension and factor of a UCUM unit: atoms with prefixes and powers, `{annotations}` (each a dimension of its own), `.` and `/`.
 * @param unit such as `ms`, `By`, `%`, `{request}`, `MiBy/s`, `By.s`, `s2`
 * @returns undefined when it is empty or not understood
 * @example parseUnit('MiBy/min') // => { dimension: 'bytes/time', factor: 1048576 / 60 }
 * @example parseUnit('furlong') // => undefined
 */
export function parseUnit(unit: string): Unit | undefined {
  const terms = termsOf(unit);
  if (!terms) return undefined;
  const powers = new Map<string, number>();
  let factor = 1;
  for (const term of terms) {
    factor *= term.factor ** term.exponent;
    if (term.dimension !== 'share') powers.set(term.dimension, (powers.get(term.dimension) ?? 0) + term.exponent);
  }
  return {
    dimension: written(
      [...powers].sort(([a], [b]) => (a < b ? -1 : 1)),
      'share',
    ),
    factor,
  };
}

function termsOf(unit: string): Term[] | undefined {
  const terms: Term[] = [];
  let sign = 1;
  for (const part of unit.split(/([./])(?![^{]*\})/)) {
    if (part === '/') sign = -1;
    else if (part === '.') sign = 1;
    else {
      const term = termOf(part, sign);
      if (!term) return undefined;
      terms.push(term);
    }
  }
  return terms;
}

function termOf(text: string, sign: number): Term | undefined {
  // Hertz is one a second, and has to cancel with seconds.
  const hertz = /^([numckMGTP]i?)?Hz$/.exec(text);
  if (hertz) return { text: 's', dimension: 'time', factor: 1 / (hertz[1] ? PREFIXES[hertz[1]]! : 1), exponent: -sign };
  const [, base, power] = /^(.*?[^\d-])(-?[1-9])$/.exec(text) ?? [text, text, '1'];
  const unit = atomOf(base!);
  return unit && { ...unit, text: base!, exponent: sign * Number(power) };
}

function atomOf(text: string): Unit | undefined {
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

/** `By.s/{request}` of powers; `one` where nothing is left above. */
function written(powers: readonly (readonly [string, number])[], one: string): string {
  const part = (text: string, power: number) => (power === 1 ? text : `${text}${power}`);
  const above = powers.filter(([, power]) => power > 0).map(([text, power]) => part(text, power));
  const below = powers.filter(([, power]) => power < 0).map(([text, power]) => `/${part(text, -power)}`);
  return (above.join('.') || one) + below.join('');
}

/**
 * Unit of a product or quotient of two quantities. Parts of one dimension cancel or gather in the first's scale.
 * @param a UCUM; `''` = unknown
 * @param b UCUM; `''` = unknown
 * @param power 1 to multiply, -1 to divide
 * @returns `''` where one of them is not understood
 * @example combineUnits('By/s', 'h', 1) // => { unit: 'By', factor: 3600 }
 * @example combineUnits('MiBy', 'KiBy', -1) // => { unit: '1', factor: 1024 }
 * @example combineUnits('By', '{request}', -1) // => { unit: 'By/{request}', factor: 1 }
 */
export function combineUnits(a: string, b: string, power: 1 | -1): DerivedUnit {
  const [left, right] = [termsOf(a), termsOf(b)];
  if (!left || !right) return { unit: a === b && a !== '' && power === -1 ? '1' : '', factor: 1 };
  const gathered = new Map<string, { text: string; scale: number; exponent: number }>();
  let factor = 1;
  for (const term of [...left, ...right.map(t => ({ ...t, exponent: t.exponent * power }))]) {
    if (term.dimension === 'share') {
      factor *= term.factor ** term.exponent;
      continue;
    }
    const hertz = term.text === 's' && term.factor !== 1;
    const known = gathered.get(term.dimension) ?? { text: term.text, scale: hertz ? 1 : term.factor, exponent: 0 };
    factor *= (term.factor / known.scale) ** term.exponent;
    gathered.set(term.dimension, { ...known, exponent: known.exponent + term.exponent });
  }
  const powers = [...gathered.values()].filter(({ exponent }) => exponent !== 0).map(({ text, exponent }) => [text, exponent] as const);
  return { unit: written(powers, '1'), factor };
}

/**
 * The unit that values are read in after they were multiplied by a plain number on purpose: bytes over 1048576 are MiBy.
 * @param unit UCUM
 * @param by what the values were multiplied by
 * @returns the unit itself when the number is no conversion people make
 * @example rescaledUnit('By', 1 / 1048576) // => 'MiBy'
 * @example rescaledUnit('1', 100) // => '%'
 * @example rescaledUnit('s', 2) // => 's'
 */
export function rescaledUnit(unit: string, by: number): string {
  const [, top, rest] = /^([^/]+)(.*)$/.exec(unit) ?? [];
  const scale = SCALES.find(names => top !== undefined && names.includes(top));
  if (!scale || top === undefined) return unit;
  if (top === '1' && rest !== '') return unit;
  const wanted = parseUnit(top)!.factor / by;
  const found = scale.find(name => Math.abs(parseUnit(name)!.factor / wanted - 1) < 1e-12);
  return found === undefined ? unit : found + rest;
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
