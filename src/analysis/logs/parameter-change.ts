import { baselineWindows, judgeByModel, judgeByRank } from './baseline-windows.ts';
import { RANKED_FROM } from './count-surprise.ts';
import { incompleteBeta } from './count-tails.ts';
import { type ParameterType, parameterNames, parameterReader, typedValue } from './templates/parameter-values.ts';

export interface ParameterChange {
  /** Place of the parameter in the template, from 0. */
  readonly parameter: number;
  /** Key or word before it. */
  readonly name: string;
  readonly type: ParameterType;
  /** `value`: one value has become more or less common; `level`: the quantity as a whole has moved. */
  readonly kind: 'value' | 'level';
  /** The value that moved; '' for `level`. */
  readonly value: string;
  /** Share of the messages with the value, or the median quantity (durations in ms, sizes in bytes). */
  readonly before: number;
  readonly after: number;
  /** Probability that any value of the parameter, or its level, changes as much when nothing has changed. */
  readonly p: number;
  /** The same for the largest change of any parameter of the template. */
  readonly adjusted: number;
  readonly alarm: boolean;
}

export interface ParameterChangeOptions {
  /** Share of quiet comparisons in which any parameter may raise an alarm. @default 0.05 */
  readonly falseAlarms?: number;
}

/** Distinct values that are counted, commonest first, and changed ones that are returned for each parameter. */
const VALUES = 1000;
const SHOWN = 5;
const SHORT_STRETCHES = 10;

/**
 * Which values of a template's parameters have moved between two sets of its messages: a status that turns up more often, a host that
 * stands out, a duration that grows.
 *
 * The baseline is cut into stretches of as many messages as are tested, in order of time, so that values that come in runs (one client for
 * a while) raise no false alarm. Good at: few frequent values, quantities. Bad at: identifiers that never repeat (they are passed over), fewer than 5 messages.
 * @param text the template's text
 * @param before messages of the baseline, in order of time; those of other templates are passed over
 * @param after messages under test
 * @returns changes, smallest `adjusted` first, values that gave way to others last; empty when one side has no messages of the template
 * @example
 * parameterChanges('state is <*>', Array(99).fill('state is up'), Array(9).fill('state is down'))[0].value // => 'down'
 */
export function parameterChanges(
  text: string,
  before: readonly string[],
  after: readonly string[],
  options: ParameterChangeOptions = {},
): readonly ParameterChange[] {
  const read = parameterReader(text);
  const rows = (bodies: readonly string[]): (readonly string[])[] =>
    bodies.flatMap(body => [read(body) ?? []]).filter(row => row.length > 0);
  const known = rows(before);
  const tested = rows(after);
  if (known.length === 0 || tested.length === 0) return [];
  const names = parameterNames(text);
  let looked = 0;
  const found = names.flatMap((name, parameter) => {
    const a = known.map(row => row[parameter]!);
    const b = tested.map(row => row[parameter]!);
    const level = levelChange(a, b);
    const changes = level ? [level] : valueChanges(a, b);
    if (changes.length > 0) looked++;
    return changes.map(change => ({ parameter, name, ...change }));
  });
  const falseAlarms = options.falseAlarms ?? 0.05;
  const judged = found.map((change): ParameterChange => {
    const adjusted = -Math.expm1(looked * Math.log1p(-Math.min(change.p, 1 - 1e-12)));
    return { ...change, adjusted, alarm: adjusted <= falseAlarms };
  });
  // What a value has given way to says more than that it has become rare.
  const risen = new Set(judged.filter(({ alarm, before, after }) => alarm && after > before).map(({ parameter }) => parameter));
  const told = ({ parameter, kind, before, after }: ParameterChange) => Number(kind === 'value' && after < before && risen.has(parameter));
  return judged.sort((x, y) => told(x) - told(y) || x.adjusted - y.adjusted || x.parameter - y.parameter);
}

type Change = Pick<ParameterChange, 'type' | 'kind' | 'value' | 'before' | 'after' | 'p'>;

/** A quantity of many values: mean rank of the tested messages against that of stretches of the baseline. */
function levelChange(a: readonly string[], b: readonly string[]): Change | undefined {
  const values = [...a, ...b].map(typedValue);
  const numbers = values.filter(({ number }) => !Number.isNaN(number));
  const distinct = new Set(numbers.map(({ number }) => number)).size;
  if (numbers.length < 0.9 * values.length || distinct < 10) return undefined;
  const type = commonestType(numbers.map(value => value.type));
  const all = Float64Array.from(values, ({ number }) => number);
  // An identifier or a port number is no quantity: it hardly ever repeats and has no level to move.
  if (type === 'integer' && distinct > 0.95 * numbers.length && spansEverything(all)) return undefined;
  const ranks = midRanks(all);
  const n = b.length;
  const size = Math.max(1, Math.min(n, Math.floor(a.length / SHORT_STRETCHES)));
  const blocks: number[] = [];
  for (let from = 0; from + size <= a.length; from += size) blocks.push(mean(ranks.subarray(from, from + size)));
  const centre = mean(ranks.subarray(0, a.length));
  const theory = ((all.length + 1) * a.length) / (12 * n);
  const spread = blocks.reduce((sum, block) => sum + (block - centre) ** 2, 0) / Math.max(1, blocks.length - 1);
  const scale = Math.sqrt(Math.max(theory, spread * (size / n + size / a.length)));
  const freedom = Math.max(1, blocks.length - 1);
  const z = (mean(ranks.subarray(a.length)) - centre) / scale;
  return {
    type,
    kind: 'level',
    value: '',
    before: median(all.slice(0, a.length)),
    after: median(all.slice(a.length)),
    p: twoSided(z, freedom),
  };
}

/**
 * Values as counts in stretches of as many messages as are tested, judged like templates: values that turn up for the first time, in runs too (a customer
 * who does several things), are usual where the baseline has such ones.
 */
function valueChanges(a: readonly string[], b: readonly string[]): Change[] {
  const total = new Map<string, number>();
  for (const values of [a, b]) for (const value of values) total.set(value, (total.get(value) ?? 0) + 1);
  const known = [...total].sort((x, y) => y[1] - x[1] || (x[0] < y[0] ? -1 : 1)).slice(0, VALUES);
  if (!known.some(([, count]) => count >= Math.min(3, b.length))) return [];
  // Too few stretches as long as the test for ranks: shorter ones show how much values come in runs.
  const ranked = Math.floor(a.length / b.length) >= RANKED_FROM;
  const size = ranked ? b.length : Math.max(1, Math.min(b.length, Math.floor(a.length / SHORT_STRETCHES)));
  const stretches = Math.floor(a.length / size);
  const places = new Map(known.map(([value], i) => [value, i]));
  const rows = known.map(() => ({ before: 0, after: 0, buckets: new Float64Array(stretches) }));
  const skipped = a.length - stretches * size;
  a.forEach((value, i) => {
    const row = rows[places.get(value) ?? -1];
    if (!row) return;
    row.before++;
    if (i >= skipped) row.buckets[Math.floor((i - skipped) / size)]!++;
  });
  for (const value of b) {
    const row = rows[places.get(value) ?? -1];
    if (row) row.after++;
  }
  const exposure = new Float64Array(stretches).fill(size);
  const judged = ranked
    ? judgeByRank(rows, baselineWindows(rows, exposure, b.length))
    : judgeByModel(rows, exposure, b.length, b.length / (a.length + b.length));
  return rows
    .map(({ before, after }, i): Change => {
      const value = known[i]![0];
      const { type } = typedValue(value);
      return { type, kind: 'value', value, before: before / a.length, after: after / b.length, p: judged[i]!.adjusted };
    })
    .sort((x, y) => x.p - y.p)
    .slice(0, SHOWN);
}

function spansEverything(values: Float64Array): boolean {
  const sorted = values.slice().sort();
  return sorted[Math.floor(0.95 * (sorted.length - 1))]! > 1000;
}

function commonestType(types: readonly ParameterType[]): ParameterType {
  const counts = new Map<ParameterType, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].sort((x, y) => y[1] - x[1])[0]![0];
}

function midRanks(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(values.length);
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end < order.length && !(values[order[end]!]! > values[order[i]!]!)) end++;
    for (let j = i; j < end; j++) ranks[order[j]!] = (i + end + 1) / 2;
    i = end;
  }
  return ranks;
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function median(values: Float64Array): number {
  const sorted = values.filter(value => !Number.isNaN(value)).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Two-sided p of a t statistic; with infinite freedom of a normal one. */
function twoSided(z: number, freedom: number): number {
  const nu = Math.min(freedom, 1e6);
  return incompleteBeta(nu / (nu + z * z), nu / 2, 0.5);
}
