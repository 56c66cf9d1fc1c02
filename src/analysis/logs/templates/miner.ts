import { type BodySpans, bodyAt, type LogBatch } from '../../../model/log.ts';
import { eventText, tellsError } from '../event-text.ts';
import { skeletonKey } from '../line-scanner.ts';
import { groupShapes } from './grouping.ts';
import { keyTable } from './key-table.ts';
import { MAX_LENGTH } from './lexer.ts';
import { minedText } from './mined-text.ts';
import { shapeOf } from './shape.ts';
import { shapeTable } from './shape-table.ts';
import { signatureReader } from './signature.ts';
import { templateId } from './template-id.ts';

export interface TemplateMinerOptions {
  /** Distinct shapes kept; what comes after is counted under one general shape for each structure of marks. @default 20000 */
  readonly maxShapes?: number;
  /** Take `1165 bytes (1.13 KB)` for `1165 bytes`: a size in brackets restates the quantity before it. @default true */
  readonly dropSizeNotes?: boolean;
}

export interface Template {
  /** Hash of the text: the same event has the same id whatever source, process or day it comes from. */
  readonly id: string;
  /** Parameters are `<*>`. */
  readonly text: string;
  /** Messages. */
  readonly count: number;
  /** The first message seen. */
  readonly example: string;
}

export interface TemplateMiner {
  /** Takes a message (header removed) and returns its shape, an index that stays valid for this miner. */
  add(body: string): number;
  /** The same for the event of a row (its body with the error beside it); a body that has not been cut out of its text stays there. */
  addFrom(batch: Pick<LogBatch, 'body' | 'attributes' | 'spans'>, row: number): number;
  /** How many shapes there are. */
  shapes(): number;
  /** Templates of everything added so far: shape index → template index. */
  cluster(): { readonly templateOf: Int32Array; readonly templates: readonly Template[] };
}

/**
 * Finds the constant texts (templates) behind log messages, one message after the other.
 *
 * A message becomes a *shape* (its tokens with every certain variable replaced) in one pass without allocation; a million messages have
 * some hundred shapes, and only those are clustered. Good at: any language of program, lists of any length, numbers, addresses, paths, times. Bad at:
 * parameters that are plain words and occur with few values, which look like different events.
 *
 * Messages of several lines are mined by their first line and, where they hold a stack trace, the type of the exception.
 *
 * Memory is bounded whatever the input; beyond `maxShapes` new shapes fall into one general shape per structure.
 * @returns a miner; `cluster` costs O(shapes × tokens), `add` O(characters)
 * @example
 * const miner = templateMiner(); miner.add('user 5 logged in'); miner.add('user 7 logged in');
 * miner.cluster().templates[0].text // => 'user <*> logged in'
 */
export function templateMiner(options: TemplateMinerOptions = {}): TemplateMiner {
  const reader = signatureReader({ dropSizeNotes: options.dropSizeNotes ?? true });
  const table = shapeTable(options.maxShapes ?? 20_000);
  const { signature } = reader;
  const skeletons = keyTable(1 << 16);
  /** Shapes of the kinds of lines that parsers have found. */
  const shapesOfKinds = new WeakMap<object, number[]>();
  let kinds: object | undefined;
  let shapes: number[] = [];

  let known: { shapes: number; examples: number; owner: Int32Array; texts: readonly string[] } | undefined;

  function grouped(): { owner: Int32Array; texts: readonly string[] } {
    if (known?.shapes === table.shapes.length && known.examples === table.examples()) return known;
    known = { shapes: table.shapes.length, examples: table.examples(), ...groupShapes(table.shapes, reader) };
    return known;
  }

  function add(body: string): number {
    let text = body;
    let end = reader.read(text, Math.min(text.length, MAX_LENGTH));
    if (end < text.length && body.includes('\n')) {
      text = minedText(body);
      end = reader.read(text, Math.min(text.length, MAX_LENGTH));
    }
    let shape = table.find(signature.key1, signature.key2);
    if (shape < 0) shape = table.insert(signature, general => shapeOf(text, signature, general));
    if (table.count(shape)) table.keep(shape, text, end);
    return shape;
  }

  /** A body whose skeleton is known need not be read by the lexer. */
  function addSpan(spans: BodySpans, lo: number, hi: number): number {
    const key = skeletonKey(spans.bytes, lo, hi);
    if (key === undefined) return add(spans.cut(lo, hi));
    const { key1, key2 } = key;
    const known = skeletons.find(key1, key2);
    if (known < 0) {
      const shape = add(spans.cut(lo, hi));
      skeletons.set(key1, key2, shape);
      return shape;
    }
    if (table.count(known)) table.keep(known, spans.cut(lo, hi), hi - lo);
    return known;
  }

  return {
    add,
    addFrom(batch, row) {
      const { spans } = batch;
      const held = batch.attributes[row];
      if (spans === undefined || spans.lo[row] === -1 || tellsError(held)) return add(eventText(bodyAt(batch, row), held));
      const lo = spans.lo[row]!;
      const hi = spans.hi[row]!;
      const kind = spans.kind[row]!;
      if (kind < 0) return addSpan(spans, lo, hi);
      if (spans.kinds !== kinds) {
        kinds = spans.kinds;
        shapes = shapesOfKinds.get(kinds) ?? [];
        shapesOfKinds.set(kinds, shapes);
      }
      const shape = shapes[kind];
      if (shape === undefined) {
        shapes[kind] = lo < 0 ? add(spans.at(row)) : addSpan(spans, lo, hi);
        return shapes[kind];
      }
      if (table.count(shape)) {
        const body = spans.at(row);
        table.keep(shape, body, body.length);
      }
      return shape;
    },
    shapes: () => table.shapes.length,
    cluster() {
      const { owner, texts } = grouped();
      const counts = new Float64Array(texts.length);
      for (let i = 0; i < owner.length; i++) counts[owner[i]!]! += table.shapes[i]!.count;
      const first = new Array<string>(texts.length);
      for (let i = owner.length - 1; i >= 0; i--) first[owner[i]!] = table.shapes[i]!.examples[0] ?? '';
      const templates = texts.map((text, i) => ({ id: templateId(text), text, count: counts[i]!, example: first[i]! }));
      return { templateOf: owner, templates };
    },
  };
}

/**
 * The templates of a list of messages.
 * @param bodies messages without their headers
 * @returns for each message the index of its template; templates in order of first appearance. Empty input gives two empty lists
 * @see templateMiner
 * @example
 * mineTemplates(['port 80 open', 'port 81 open']).templates[0].text // => 'port <*> open'
 */
export function mineTemplates(
  bodies: readonly string[],
  options: TemplateMinerOptions = {},
): { readonly template: Int32Array; readonly templates: readonly Template[] } {
  const miner = templateMiner(options);
  const template = new Int32Array(bodies.length);
  for (let i = 0; i < bodies.length; i++) template[i] = miner.add(bodies[i]!);
  const { templateOf, templates } = miner.cluster();
  for (let i = 0; i < template.length; i++) template[i] = templateOf[template[i]!]!;
  return { template, templates };
}
