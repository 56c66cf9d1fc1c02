import { Draft } from './draft.ts';
import { FORMATS } from './formats/index.ts';

let draft: Draft | undefined;

/**
 * The body that a format composes of parts of a line; the line itself where the format does not read it.
 * @param format its name, behind that of a wrapper and a plus where it has one
 */
export function composedBody(format: string, line: string): string {
  draft ??= new Draft();
  draft.body(line, 0, line.length);
  for (const part of format.split('+')) {
    const { text, lo, hi } = draft;
    draft.reset();
    if (FORMATS.find(({ name }) => name === part)?.read(text, lo, hi, draft) !== true) return line;
  }
  return draft.text.slice(draft.lo, draft.hi);
}
