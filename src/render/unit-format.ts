import { scaleLinear, scaleLog } from 'd3-scale';

/** A unit as it is shown: which sizes it has, smallest first. */
export interface UnitFormat {
  /** Units of different families cannot share an axis. */
  readonly family: string;
  /** A value times this is in the base of the steps. */
  readonly toBase: number;
  readonly steps: readonly Step[];
}

interface Step {
  /** From this size in the base on. */
  readonly from: number;
  readonly factor: number;
  readonly suffix: string;
}

const step = (factor: number, suffix: string, from = factor): Step => ({ from, factor, suffix });

const TIME = [
  step(1e-9, 'ns', 0),
  step(1e-6, 'µs'),
  step(1e-3, 'ms'),
  step(1, 's'),
  step(60, 'min', 120),
  step(3600, 'h', 7200),
  step(86_400, 'd', 172_800),
];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P'];
const SMALL = [step(1e-9, 'n', 0), step(1e-6, 'µ'), step(1e-3, 'm')];

/** Seconds, bytes and bits in the units that UCUM has for them. */
const TIME_UNITS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86_400, wk: 604_800 };
const PREFIX: Readonly<Record<string, number>> = {
  '': 1,
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
/** Physical units for which small prefixes are usual. */
const PHYSICAL = new Set(['W', 'V', 'A', 'J', 'm', 'g', 'Hz']);
const WORDS: Readonly<Record<string, string>> = { '{request}': 'req', '{operation}': 'ops', '{packet}': 'pkt', Cel: '°C' };

/**
 * How values of a unit are written.
 * @param unit UCUM, `''` = unknown
 * @param nativeUnit the vendor's own word, which tells a share (0 to 1, shown in percent) from a plain number
 */
export function unitFormat(unit: string, nativeUnit = ''): UnitFormat {
  if (unit === '%') return plain('%', 1, '%');
  if (unit === '1' && /^percentunit$/i.test(nativeUnit)) return plain('%', 100, '%');
  if (TIME_UNITS[unit] !== undefined) return { family: 'time', toBase: TIME_UNITS[unit], steps: TIME };
  const [above = '', below] = unit.split('/');
  const per = below === undefined ? '' : `/${below}`;
  const [, prefix = '', atom = ''] = /^(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?(By|bit)$/.exec(above) ?? [];
  if (atom === 'By') {
    const isDecimal = /^dec|^SI|^k?Bs$/i.test(nativeUnit);
    const [ladder, base] = isDecimal ? [DECIMAL, 1000] : [BINARY, 1024];
    return {
      family: `By${per}`,
      toBase: PREFIX[prefix]!,
      steps: ladder.map((word, i) => step(base ** i, `${word}B${per}`, i ? base ** i : 0)),
    };
  }
  if (atom === 'bit') {
    return {
      family: `bit${per}`,
      toBase: PREFIX[prefix]!,
      steps: DECIMAL.map((word, i) => step(1000 ** i, `${word}bit${per}`, i ? 1000 ** i : 0)),
    };
  }
  const word = WORDS[above] ?? (above === '1' ? '' : above.replace(/^\{(.*)\}$/, '$1'));
  if (above === 'Cel') return plain('Cel', 1, '°C');
  const small = PHYSICAL.has(above) ? SMALL.map(({ factor, suffix, from }) => step(factor, `${suffix}${word}${per}`, from)) : [];
  // Plain counts stay whole to ten thousand: 1,234 says more than 1.23 k.
  const large = DECIMAL.map((prefixed, i) =>
    step(1000 ** i, `${prefixed}${word}${per}`, i === 0 ? (small.length ? 1 : 0) : i === 1 && !small.length ? 10_000 : 1000 ** i),
  );
  return { family: word || per ? `${word}${per}` : '', toBase: 1, steps: [...small, ...large] };
}

function plain(family: string, toBase: number, suffix: string): UnitFormat {
  return { family, toBase, steps: [step(1, suffix, 0)] };
}

/** The step that fits a value of that size: the largest that leaves something before the decimal point. */
function stepFor(format: UnitFormat, size: number): Step {
  const inBase = Math.abs(size) * format.toBase;
  const found = format.steps.findLast(({ from }) => inBase >= from) ?? format.steps[0]!;
  if (inBase > 0) return found;
  return format.steps.find(({ factor }) => factor === 1) ?? format.steps[0]!;
}

/** A value with its unit: three digits, or as many decimals as the dashboard wants. `–` for no value. */
export function formatValue(value: number, format: UnitFormat, decimals?: number): string {
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  const { factor, suffix } = stepFor(format, value);
  const scaled = (value * format.toBase) / factor;
  return joined(decimals === undefined ? threeDigits(scaled) : scaled.toFixed(Math.max(0, Math.min(6, decimals))), suffix);
}

function joined(number: string, suffix: string): string {
  return suffix === '' || suffix === '%' ? number + suffix : `${number} ${suffix}`;
}

function threeDigits(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e15 || size < 1e-6) return value.toExponential(1);
  if (size >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

export interface ValueAxis {
  /** Value at the bottom and at the top. */
  readonly domain: readonly [number, number];
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

/** A linear axis: its ends and ticks are round in the unit that is shown (256 MiB, not 268 MB). */
export function valueAxis(
  low: number,
  high: number,
  format: UnitFormat,
  count: number,
  fixed: { low?: number; high?: number } = {},
): ValueAxis {
  const { factor, suffix } = stepFor(format, Math.max(Math.abs(low), Math.abs(high)));
  const toShown = format.toBase / factor;
  const scale = scaleLinear().domain([low * toShown, high * toShown]);
  if (fixed.low === undefined || fixed.high === undefined) scale.nice(count);
  const nice = scale.domain() as [number, number];
  const bottom = fixed.low === undefined ? nice[0] : fixed.low * toShown;
  const top = fixed.high === undefined ? nice[1] : fixed.high * toShown;
  const ticks = scaleLinear().domain([bottom, top]).ticks(count);
  const apart = ticks.length > 1 ? ticks[1]! - ticks[0]! : 1;
  const decimals = Math.max(0, Math.min(9, Math.ceil(-Math.log10(apart) - 1e-9)));
  return {
    domain: [bottom / toShown, top / toShown],
    ticks: ticks.map(tick => ({ value: tick / toShown, text: joined(tick === 0 ? '0' : tick.toFixed(decimals), suffix) })),
  };
}

/** A logarithmic axis over values above zero: powers of ten, of two where the unit counts in them (64 KiB, not 97.7 KiB). */
export function logAxis(low: number, high: number, format: UnitFormat, count: number): ValueAxis {
  const base = format.steps[1]?.factor === 1024 ? 2 : 10;
  const power = (value: number) => Math.log(value * format.toBase) / Math.log(base);
  const value = (exponent: number) => base ** exponent / format.toBase;
  const [from, to] = [Math.floor(power(low) + 1e-9), Math.ceil(power(high) - 1e-9)];
  const textual = (at: number) => ({ value: at, text: formatValue(at, format) });
  if (Math.log10(high / low) < 1) {
    const domain = [low / 1.2, high * 1.2] as const;
    return { domain, ticks: thinned(scaleLog().domain(domain).ticks(count), count).map(textual) };
  }
  const exponents = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return { domain: [value(from), value(to)], ticks: thinned(exponents, count).map(exponent => textual(value(exponent))) };
}

function thinned<T>(items: readonly T[], most: number): T[] {
  const every = Math.ceil(items.length / Math.max(1, most));
  return items.filter((_, i) => i % every === 0);
}
