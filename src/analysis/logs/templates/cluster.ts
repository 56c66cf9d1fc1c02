import { DELIMITER, VARIABLE, WEAK } from './lexer.ts';
import { AFTER_EQUALS, AFTER_SUBJECT, ALL_CAPS, ENDS_FIELD, type Shape, WILD } from './shape.ts';

/** From how many distinct texts on a column is taken for a parameter, by what it stands in. */
const thresholds = { usual: 6, afterEquals: 4, afterSubject: 2, weak: 3, caps: 8, endsField: 4 };
const pure = 0.5;

/** Shapes of one template, as indices. */
export type Cluster = readonly number[];

/** Groups shapes that differ only in parameters. The order of the result depends on the set of shapes only. */
export function clusterShapes(shapes: readonly Shape[]): readonly Cluster[] {
  const groups = new Map<string, number[]>();
  const clusters: number[][] = [];
  for (let i = 0; i < shapes.length; i++) {
    if (shapes[i]!.overflow) {
      clusters.push([i]);
      continue;
    }
    const group = groups.get(shapes[i]!.structure);
    if (group) group.push(i);
    else groups.set(shapes[i]!.structure, [i]);
  }
  for (const group of groups.values()) partition(shapes, group, clusters);
  return clusters;
}

interface Column {
  readonly index: number;
  readonly distinct: number;
  readonly threshold: number;
  /** Value of a `key=value` or `key: value`. */
  readonly field: boolean;
}

/** Splits shapes of one structure into templates. */
export function partition(shapes: readonly Shape[], members: number[], clusters: number[][]): void {
  if (members.length === 1) {
    clusters.push(members);
    return;
  }
  const { columns, constants, total } = columnsOf(shapes, members);
  if (columns.length === 0) {
    clusters.push(members);
    return;
  }
  // Several fields that vary at once are the values of a record; one alone may be the state that the message is about.
  const record = members.length > 3 && columns.filter(column => column.field).length > 1;
  // A long text that differs in one word only needs fewer examples.
  const enough = columns.length === 1 && constants >= 8 && columns[0]!.threshold <= thresholds.usual ? 4 : Number.POSITIVE_INFINITY;
  const narrow = columns.filter(column => column.distinct < (record && column.field ? 2 : Math.min(enough, column.threshold)));
  if (narrow.length > 0) {
    split(shapes, members, least(narrow), clusters);
    return;
  }
  const share = constants / total;
  const surplus = Math.min(...columns.map(column => column.distinct / column.threshold));
  const keyed = columns.every(column => column.threshold <= 2 || (record && column.field));
  if (constants > 0 && (share >= pure || (share >= 0.5 && surplus * thresholds.usual >= 8) || keyed)) clusters.push(members);
  else split(shapes, members, least(columns), clusters);
}

function least(columns: readonly Column[]): number {
  let best = columns[0]!;
  for (const column of columns) if (column.distinct < best.distinct) best = column;
  return best.index;
}

function split(shapes: readonly Shape[], members: number[], column: number, clusters: number[][]): void {
  const parts = new Map<string, number[]>();
  for (const member of members) {
    const text = shapes[member]!.tokens[column]!;
    const part = parts.get(text);
    if (part) part.push(member);
    else parts.set(text, [member]);
  }
  for (const part of parts.values()) partition(shapes, part, clusters);
}

/** Columns that differ among the members, and how many of all do not. A column that is a parameter throughout is constant. */
function columnsOf(shapes: readonly Shape[], members: readonly number[]): { columns: Column[]; constants: number; total: number } {
  const model = shapes[members[0]!]!;
  const columns: Column[] = [];
  let constants = 0;
  let total = 0;
  let leading = true;
  for (let c = 0; c < model.tokens.length; c++) {
    if (model.kinds[c] === DELIMITER) continue;
    total++;
    const texts = new Set<string>();
    let weak = 0;
    let caps = 0;
    let variables = 0;
    let context = 255;
    for (const member of members) {
      const shape = shapes[member]!;
      texts.add(shape.tokens[c]!);
      context &= shape.contexts[c]!;
      if (shape.kinds[c] === WEAK) weak++;
      if (shape.kinds[c] === VARIABLE) variables++;
      if (shape.contexts[c]! & ALL_CAPS) caps++;
    }
    const first = leading && !(texts.size === 1 && texts.has(WILD));
    if (first) leading = false;
    if (texts.size === 1) {
      constants++;
      continue;
    }
    let threshold = thresholds.usual;
    if (context & AFTER_EQUALS) threshold = thresholds.afterEquals;
    else if (context & AFTER_SUBJECT) threshold = thresholds.afterSubject;
    else if (weak * 2 > members.length) threshold = thresholds.weak;
    else if (caps * 2 > members.length) threshold = thresholds.caps;
    else if (context & ENDS_FIELD) threshold = thresholds.endsField;
    if (variables > 0) threshold = Math.min(threshold, weak > 0 ? 2 : 3);
    else if (first && weak * 2 <= members.length) threshold *= 4;
    columns.push({ index: c, distinct: texts.size, threshold, field: (context & (AFTER_EQUALS | ENDS_FIELD)) !== 0 });
  }
  return { columns, constants, total };
}
