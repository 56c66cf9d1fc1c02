import { partition } from './cluster.ts';
import type { Shape } from './shape.ts';

/** A group of shapes is looked at when it has this many, and again whenever it has doubled. */
const FIRST_LOOK = 64;
/** Shapes that must agree before new ones are taken for the same event without being kept. */
const ESTABLISHED = 32;

/** Shapes of one structure, and the templates among them that are established. */
export interface StructureGroup {
  readonly members: number[];
  next: number;
  patterns: readonly Pattern[];
}

interface Pattern {
  /** Shape that stands for all that fit. */
  readonly shape: number;
  /** Constant text of every column; undefined = a parameter. */
  readonly texts: readonly (string | undefined)[];
}

export function structureGroup(): StructureGroup {
  return { members: [], next: FIRST_LOOK, patterns: [] };
}

/** The shape that stands for an established template the shape fits; −1 = none. Keeps parameters that are plain words from filling the memory. */
export function established(shape: Shape, { patterns }: StructureGroup): number {
  for (const pattern of patterns) {
    const { texts } = pattern;
    let c = 0;
    while (c < texts.length && (texts[c] === undefined || texts[c] === shape.tokens[c])) c++;
    if (c === texts.length) return pattern.shape;
  }
  return -1;
}

/** Takes a new shape into its group and looks for established templates from time to time. */
export function enter(index: number, group: StructureGroup, shapes: readonly Shape[]): void {
  group.members.push(index);
  if (group.members.length < group.next) return;
  group.next *= 2;
  const clusters: number[][] = [];
  partition(shapes, group.members, clusters);
  group.patterns = clusters
    .filter(members => members.length >= ESTABLISHED)
    .map(members => {
      const model = shapes[members[0]!]!;
      const texts = model.tokens.map((token, c) => (members.every(member => shapes[member]!.tokens[c] === token) ? token : undefined));
      return { shape: members[0]!, texts };
    });
}
