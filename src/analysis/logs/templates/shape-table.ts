import { keyTable } from './key-table.ts';
import { DELIMITER } from './lexer.ts';
import { enter, established, type StructureGroup, structureGroup } from './patterns.ts';
import type { Shape } from './shape.ts';
import type { Signature } from './signature.ts';

/** Characters of example messages kept in all. */
const EXAMPLE_CHARACTERS = 8_000_000;
/** Keys remembered for every shape that may be kept: a key costs 12 to 48 bytes, a shape some hundred. */
const REMEMBERED = 16;

/** Shapes by their 64-bit key in an open table: looking one up allocates nothing. */
export interface ShapeTable {
  readonly shapes: readonly Shape[];
  find(key1: number, key2: number): number;
  /** Adds a shape; when the table is full, the general shape of its structure, and when there are too many of those, the one for everything. */
  insert(signature: Signature, make: (general: boolean) => Shape): number;
  /** Counts a message of the shape; true now and then, when it is to be kept as an example. */
  count(shape: number): boolean;
  /** Keeps `body[0, end)` as an example of the shape, while there is room. */
  keep(shape: number, body: string, end: number): void;
  /** Examples kept in all. */
  examples(): number;
}

export function shapeTable(maxShapes: number): ShapeTable {
  const shapes: Shape[] = [];
  const maxGeneral = Math.max(1, maxShapes >> 4);
  let general = 0;
  const groups = new Map<string, StructureGroup>();
  let lastResort = -1;
  const keys = keyTable();
  let examples = 0;
  let characters = 0;

  return {
    shapes,
    find: keys.find,
    insert(signature, make) {
      const { key1, key2 } = signature;
      const shape = make(false);
      let group = groups.get(shape.structure);
      const fits = group ? established(shape, group) : -1;
      if (fits >= 0) {
        if (keys.size() < maxShapes * REMEMBERED) keys.set(key1, key2, fits);
        return fits;
      }
      if (shapes.length - general < maxShapes) {
        const index = shapes.push(shape) - 1;
        keys.set(key1, key2, index);
        group ??= structureGroup();
        groups.set(shape.structure, group);
        enter(index, group, shapes);
        return index;
      }
      const [structure1, structure2] = structureKey(signature);
      const known = keys.find(structure1, structure2);
      if (known !== -1) return known;
      if (general < maxGeneral) {
        general++;
        keys.set(structure1, structure2, shapes.push(make(true)) - 1);
        return shapes.length - 1;
      }
      if (lastResort < 0)
        lastResort = shapes.push({ ...make(true), tokens: [], kinds: new Uint8Array(0), contexts: new Uint8Array(0), structure: '' }) - 1;
      return lastResort;
    },
    count(index) {
      const n = ++shapes[index]!.count;
      return n <= 16 || (n & (n - 1)) === 0;
    },
    keep(index, body, end) {
      if (characters + end > EXAMPLE_CHARACTERS) return;
      characters += end;
      examples++;
      shapes[index]!.examples.push(detached(body, end));
    },
    examples: () => examples,
  };
}

/** A copy that does not keep alive the buffer the message was cut from. */
function detached(body: string, end: number): string {
  return ` ${body.slice(0, end)}`.slice(1);
}

/** Key of the marks in their places, whatever stands between. */
function structureKey({ length, kind, mark }: Signature): [number, number] {
  let a = 0x2f6b;
  let b = length;
  for (let i = 0; i < length; i++) {
    const sign = kind[i] === DELIMITER ? mark[i]! : 7;
    a = Math.imul((a ^ sign) + (a << 6) + (a >>> 2), 0x9e3779b1);
    b = Math.imul((b ^ sign) + (b << 5) + (b >>> 3), 0x7feb352d);
  }
  return [a, b || 1];
}
