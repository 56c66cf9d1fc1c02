import { type Cluster, clusterShapes } from './cluster.ts';
import { VARIABLE } from './lexer.ts';
import { mergeDrafts } from './merge.ts';
import { templateText } from './render.ts';
import { type Shape, WILD } from './shape.ts';
import type { SignatureReader } from './signature.ts';

/** Messages that a template's text is made of: enough to see what varies. */
const SHOWN = 64;

/**
 * Groups shapes into templates and writes their texts: cluster, merge what differs in blanks only, render.
 * @returns for each shape the index of its text
 */
export function groupShapes(shapes: readonly Shape[], reader: SignatureReader): { owner: Int32Array; texts: readonly string[] } {
  const clusters = clusterShapes(shapes);
  const drafts = clusters.map(members => {
    let heaviest = members[0]!;
    let count = 0;
    for (const member of members) {
      count += shapes[member]!.count;
      if (shapes[member]!.count > shapes[heaviest]!.count) heaviest = member;
    }
    return { coarse: shapes[heaviest]!.overflow ? '' : coarseText(shapes, members, heaviest), count };
  });
  const target = mergeDrafts(drafts);
  const partsOf = new Map<number, Cluster[]>();
  for (let i = 0; i < clusters.length; i++) {
    const parts = partsOf.get(target[i]!) ?? [];
    if (target[i] === i) parts.unshift(clusters[i]!);
    else parts.push(clusters[i]!);
    partsOf.set(target[i]!, parts);
  }
  const owner = new Int32Array(shapes.length);
  const texts: string[] = [];
  const indexOf = new Map<string, number>();
  const ordered = [...partsOf.values()].sort((a, b) => firstOf(a) - firstOf(b));
  for (const parts of ordered) {
    const text = parts.map(members => clusterText(shapes, members, reader)).reduce(widened);
    let index = indexOf.get(text);
    if (index === undefined) {
      index = texts.push(text) - 1;
      indexOf.set(text, index);
    }
    for (const members of parts) for (const member of members) owner[member] = index;
  }
  return { owner, texts };
}

function firstOf(parts: readonly Cluster[]): number {
  return Math.min(...parts.map(members => Math.min(...members)));
}

/** A word that is a parameter in one of two texts is one in both. */
function widened(text: string, other: string): string {
  const words = text.split(' ');
  const others = other.split(' ');
  if (words.length !== others.length) return text;
  return words.map((word, i) => (!word.includes(WILD) && others[i] !== word ? others[i] : word)).join(' ');
}

function clusterText(shapes: readonly Shape[], members: Cluster, reader: SignatureReader): string {
  const only = shapes[members[0]!]!;
  if (only.overflow) return only.tokens.length > 0 ? only.tokens.join(' ') : WILD;
  const heavy = [...members].sort((a, b) => shapes[b]!.count - shapes[a]!.count || a - b);
  const messages: string[] = [];
  for (let round = 0; messages.length < SHOWN; round++) {
    const before = messages.length;
    for (const member of heavy) {
      const example = shapes[member]!.examples[round];
      if (example !== undefined && messages.length < SHOWN) messages.push(example);
    }
    if (messages.length === before) break;
  }
  return messages.length === 0 ? only.tokens.join(' ') : templateText(messages, reader);
}

/** The heaviest shape as text, with the columns that differ among the members as parameters. */
function coarseText(shapes: readonly Shape[], members: readonly number[], heaviest: number): string {
  const shape = shapes[heaviest]!;
  const example = shape.examples[0] ?? '';
  const differs = shape.tokens.map((token, c) => members.some(member => shapes[member]!.tokens[c] !== token));
  let text = '';
  let from = 0;
  for (let c = 0; c < shape.tokens.length; c++) {
    text += example.slice(from, shape.starts[c]);
    from = shape.ends[c]!;
    text += shape.kinds[c] === VARIABLE || differs[c] ? WILD : example.slice(shape.starts[c], from);
  }
  text += example.slice(from);
  return text.trim().replace(/\s+/g, ' ');
}
