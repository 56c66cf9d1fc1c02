import type { NativeHistogram } from '../../../model/series.ts';
import { addHistograms, scaleHistogram } from '../native-histogram.ts';
import { type Column, emptyColumn, keyOf, labelsIn, mergedColumns, put, putHistogram } from './columns.ts';
import { type Binary, COMPARISONS, type Matching, refused } from './tree.ts';

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
};

const COMPARED: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

const ALL: Matching = { on: false, labels: [], many: undefined, include: [] };

/** Two numbers a step. */
export function combinedNumbers(op: string, a: Float64Array, b: Float64Array): Float64Array {
  const compare = COMPARED[op];
  return a.map((x, i) => (compare ? Number(compare(x, b[i]!)) : ARITHMETIC[op]!(x, b[i]!)));
}

/** A vector and a number a step, in the order they are written. */
export function combinedWithNumbers(expression: Binary, columns: readonly Column[], numbers: Float64Array, numberFirst: boolean): Column[] {
  const { op, bool } = expression;
  const filters = COMPARISONS.has(op) && !bool;
  const out = columns.map(column => {
    const made = emptyColumn(filters ? column.name : '', column.labels, column.v.length, column.histograms !== undefined);
    for (let i = 0; i < column.v.length; i++) {
      if (!column.has[i]) continue;
      const histogram = column.histograms?.[i];
      if (histogram) {
        if (op === '*') putHistogram(made, i, scaleHistogram(histogram, numbers[i]!));
        else if (op === '/' && !numberFirst) putHistogram(made, i, scaleHistogram(histogram, 1 / numbers[i]!));
        continue;
      }
      const x = column.v[i]!;
      const value = numberFirst ? computed(op, numbers[i]!, x) : computed(op, x, numbers[i]!);
      if (typeof value === 'number') put(made, i, value);
      else if (bool) put(made, i, Number(value));
      else if (value) put(made, i, x);
    }
    return made;
  });
  return mergedColumns(out, expression);
}

function computed(op: string, a: number, b: number): number | boolean {
  const compare = COMPARED[op];
  return compare ? compare(a, b) : ARITHMETIC[op]!(a, b);
}

/** Two vectors: elements with the same labels (or those named) find each other. */
export function combinedVectors(expression: Binary, left: readonly Column[], right: readonly Column[]): Column[] {
  const matching = expression.matching ?? ALL;
  const swapped = matching.many === 'right';
  const [many, one] = swapped ? [right, left] : [left, right];
  const partners = bySignature(one, matching);
  refuseDoubles(expression, many, partners, matching);
  /** Steps at which an element of a signature has found its partner, where each may only once. */
  const taken = new Map<string, Uint8Array>();
  const out = new Map<string, Column>();
  for (const column of many) {
    const signature = signatureOf(column, matching);
    for (const partner of partners.get(signature) ?? []) {
      const made = outcome(expression, matching, column, partner);
      for (let i = 0; i < column.v.length; i++) {
        if (!column.has[i] || !partner.has[i]) continue;
        if (!combineAt(expression, made, i, swapped ? partner : column, swapped ? column : partner)) continue;
        if (matching.many === undefined) takeOnce(expression, taken, signature, i, column.v.length);
      }
      if (!made.has.includes(1)) continue;
      const key = keyOf(made.labels, made.name);
      const known = out.get(key);
      out.set(key, known ? mergedColumns([known, made], expression)[0]! : made);
    }
  }
  return [...out.values()];
}

/** Puts the combined value and tells whether there is one. */
function combineAt({ op, bool }: Binary, made: Column, i: number, a: Column, b: Column): boolean {
  const [x, y] = [a.histograms?.[i], b.histograms?.[i]];
  if (x || y) {
    const histogram = combinedHistograms(op, x, y, a.v[i]!, b.v[i]!);
    if (histogram) putHistogram(made, i, histogram);
    return histogram !== undefined;
  }
  const value = computed(op, a.v[i]!, b.v[i]!);
  if (typeof value === 'number') put(made, i, value);
  else if (bool) put(made, i, Number(value));
  else if (value) put(made, i, a.v[i]!);
  else return false;
  return true;
}

function combinedHistograms(
  op: string,
  x: NativeHistogram | undefined,
  y: NativeHistogram | undefined,
  a: number,
  b: number,
): NativeHistogram | undefined {
  if (x && y) return op === '+' ? addHistograms(x, y) : op === '-' ? addHistograms(x, y, -1) : undefined;
  if (op === '*') return x ? scaleHistogram(x, b) : scaleHistogram(y!, a);
  return op === '/' && x ? scaleHistogram(x, 1 / b) : undefined;
}

/** Name and labels of a result. */
function outcome({ op, bool }: Binary, matching: Matching, many: Column, one: Column): Column {
  const length = many.v.length;
  const keepsName = COMPARISONS.has(op) && !bool;
  const native = (many.histograms ?? one.histograms) !== undefined && !COMPARISONS.has(op);
  if (matching.many === undefined) {
    const labels = labelsIn(many.labels, matching.labels, matching.on);
    return emptyColumn(keepsName && !matching.on ? many.name : '', labels, length, native);
  }
  const labels: Record<string, string> = { ...many.labels };
  for (const label of matching.include) {
    const value = one.labels[label];
    if (value) labels[label] = value;
    else delete labels[label];
  }
  return emptyColumn(keepsName ? many.name : '', labels, length, native);
}

function takeOnce(expression: Binary, taken: Map<string, Uint8Array>, signature: string, i: number, length: number): void {
  const steps = taken.get(signature) ?? new Uint8Array(length);
  taken.set(signature, steps);
  if (steps[i])
    throw refused(
      expression,
      `several series on the left of ${expression.op} match one on the right.`,
      'Write group_left after on(…) or ignoring(…), or aggregate first.',
    );
  steps[i] = 1;
}

/** The side of one must have one element for a signature at a step, if the other side asks for it. */
function refuseDoubles(
  expression: Binary,
  many: readonly Column[],
  partners: ReadonlyMap<string, readonly Column[]>,
  matching: Matching,
): void {
  for (const column of many) {
    const found = partners.get(signatureOf(column, matching)) ?? [];
    if (found.length < 2) continue;
    for (let i = 0; i < column.v.length; i++) {
      if (!column.has[i] || found.filter(one => one.has[i]).length < 2) continue;
      const side = matching.many === 'right' ? 'left' : 'right';
      throw refused(
        expression,
        `several series on the ${side} of ${expression.op} match one on the other side.`,
        'Aggregate that side, or match on more labels.',
      );
    }
  }
}

/** `and`, `or`, `unless`: elements are kept as they are, where the other side has, or lacks, one that matches. */
export function combinedSets(expression: Binary, left: readonly Column[], right: readonly Column[]): Column[] {
  const matching = expression.matching ?? ALL;
  const kept = (column: Column, others: ReadonlyMap<string, readonly Column[]>, wanted: boolean): Column => {
    const found = others.get(signatureOf(column, matching)) ?? [];
    const has = column.has.map((there, i) => (there && found.some(other => other.has[i]) === wanted ? 1 : 0));
    return { ...column, has };
  };
  if (expression.op === 'or') {
    const known = bySignature(left, matching);
    return mergedColumns([...left, ...right.map(column => kept(column, known, false))], expression);
  }
  const others = bySignature(right, matching);
  return left.map(column => kept(column, others, expression.op === 'and')).filter(column => column.has.includes(1));
}

function bySignature(columns: readonly Column[], matching: Matching): Map<string, Column[]> {
  const map = new Map<string, Column[]>();
  for (const column of columns) {
    const signature = signatureOf(column, matching);
    const known = map.get(signature);
    if (known) known.push(column);
    else map.set(signature, [column]);
  }
  return map;
}

function signatureOf({ labels }: Column, { labels: list, on }: Matching): string {
  return keyOf(labelsIn(labels, list, on));
}
