/** An object of JSON whose shape nobody promised. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * A JSON object as fields; anything else as an empty one, so that a missing branch reads like an absent field.
 * @param value parsed JSON of any shape
 * @returns the object itself, `{}` for what is none
 * @example fields([1]) // => {}
 */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/**
 * A JSON array; anything else as an empty one.
 * @param value parsed JSON of any shape
 * @returns the array itself, `[]` for what is none
 * @example list('no') // => []
 */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * A text that says something.
 * @param value parsed JSON of any shape
 * @returns undefined for what is no string or empty
 * @example text('') // => undefined
 */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * A finite number, also where an editor wrote it as a string.
 * @param value parsed JSON of any shape
 * @returns undefined for what is none
 * @example finite('85 ') // => 85
 */
export function finite(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/**
 * What is scalar in a structure, by the place where it stands, for a reader who wants all of it as text.
 * @param value parsed JSON of any shape
 * @param skip top-level names to leave out
 * @param most most entries
 * @returns texts by dotted path; blanks, nulls and `false` are left out
 * @example leaves({ a: { b: 1 }, c: ['x'], d: '' }) // => { 'a.b': '1', 'c.0': 'x' }
 */
export function leaves(value: unknown, skip: ReadonlySet<string> = new Set(), most = 40): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (node: unknown, path: string): void => {
    if (Object.keys(found).length >= most) return;
    if (typeof node === 'object' && node !== null) {
      for (const [key, inner] of Object.entries(node))
        if (path !== '' || !skip.has(key)) visit(inner, path === '' ? key : `${path}.${key}`);
    } else if (path !== '' && node !== null && node !== undefined && node !== false && node !== '') found[path] = String(node);
  };
  visit(value, '');
  return found;
}
