import { Draft } from './draft.ts';
import { FORMATS } from './formats/index.ts';

let draft: Draft | undefined;

/** The body that a format composes of parts of a line; the line itself where the format does not read it. */
export function composedBody(format: string, line: string): string {
  draft ??= new Draft();
  draft.reset();
  const reader = FORMATS.find(({ name }) => name === format);
  return reader?.read(line, 0, line.length, draft) ? draft.text.slice(draft.lo, draft.hi) : line;
}
