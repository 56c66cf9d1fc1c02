import { DELIMITER } from './lexer.ts';
import { enter, established, type StructureGroup, structureGroup } from './patterns.ts';
import type { Shape } from './shape.ts';
import type { Signature } from './signature.ts';

/** Characters of example messages kept in all. */
const EXAMPLE_CHARACTERS = 8_000_000;
/** Filled part of the table before it grows. */
const LOAD = 0.5;
/** Keys remembered for every shape that may be kept: a key costs 12 to 48 bytes, a shape some hundred. */
const REMEMBERED = 16;

/** Shapes by their 64-bit key in an open table: looking one up allocates nothing. */
export interface ShapeTable {
  readonly shapes: readonly Shape[];
  find(key1: number, key2: number): number;
  /** Adds a shape; when the table is full, the general shape of its structure, and when there are too many of those, the one for everything. */
  insert(signature: Signature, make: (general: boolean) => Shape): number;
  /** Counts a message of the shape and keeps it as an example now and then. */
  count(shape: number, body: string, end: number): void;
  /** Examples kept in all. */
  examples(): number;
}

export function shapeTable(maxShapes: number): ShapeTable {
  const shapes: Shape[] = [];
  const maxGeneral = Math.max(1, maxShapes >> 4);
  let general = 0;
  const groups = new Map<string, StructureGroup>();
  let lastResort = -1;
  let size = 1024;
  let used = 0;
  let keys1 = new Int32Array(size);
  let keys2 = new Int32Array(size);
  let slots = new Int32Array(size).fill(-1);
  let examples = 0;
  let characters = 0;

  function slotOf(key1: number, key2: number): number {
    let slot = (key1 ^ (key2 >>> 7)) & (size - 1);
    while (slots[slot] !== -1 && (keys1[slot] !== key1 || keys2[slot] !== key2)) slot = (slot + 1) & (size - 1);
    return slot;
  }

  function grow(): void {
    const old = { keys1, keys2, slots };
    size *= 2;
    keys1 = new Int32Array(size);
    keys2 = new Int32Array(size);
    slots = new Int32Array(size).fill(-1);
    for (let i = 0; i < old.slots.length; i++) if (old.slots[i] !== -1) place(old.keys1[i]!, old.keys2[i]!, old.slots[i]!);
  }

  function place(key1: number, key2: number, shape: number): void {
    const slot = slotOf(key1, key2);
    keys1[slot] = key1;
    keys2[slot] = key2;
    slots[slot] = shape;
  }

  function remember(key1: number, key2: number, shape: number): void {
    place(key1, key2, shape);
    if (++used > size * LOAD) grow();
  }

  return {
    shapes,
    find: (key1, key2) => slots[slotOf(key1, key2)]!,
    insert(signature, make) {
      const { key1, key2 } = signature;
      const shape = make(false);
      let group = groups.get(shape.structure);
      const fits = group ? established(shape, group) : -1;
      if (fits >= 0) {
        if (used < maxShapes * REMEMBERED) remember(key1, key2, fits);
        return fits;
      }
      if (shapes.length - general < maxShapes) {
        const index = shapes.push(shape) - 1;
        remember(key1, key2, index);
        group ??= structureGroup();
        groups.set(shape.structure, group);
        enter(index, group, shapes);
        return index;
      }
      const [structure1, structure2] = structureKey(signature);
      const known = slots[slotOf(structure1, structure2)]!;
      if (known !== -1) return known;
      if (general < maxGeneral) {
        general++;
        remember(structure1, structure2, shapes.push(make(true)) - 1);
        return shapes.length - 1;
      }
      if (lastResort < 0)
        lastResort = shapes.push({ ...make(true), tokens: [], kinds: new Uint8Array(0), contexts: new Uint8Array(0), structure: '' }) - 1;
      return lastResort;
    },
    count(index, body, end) {
      const shape = shapes[index]!;
      const n = ++shape.count;
      if ((n > 16 && (n & (n - 1)) !== 0) || characters + end > EXAMPLE_CHARACTERS) return;
      characters += end;
      examples++;
      shape.examples.push(detached(body, end));
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
