import { MAX_LENGTH } from './lexer.ts';

const SEARCHED = 16_384;
const thrown =
  /^[ \t]*(?:Caused by: |Uncaught |Unhandled exception\.? )?((?:[A-Za-z_$][\w$]*(?:\.|::|\\))*[A-Z][\w$]*(?:Exception|Error|Failure|Throwable|Fault|Panic|Interrupt))(?=[:\s(]|$)/m;
const pythonThrown = /\n((?:[A-Za-z_]\w*\.)*[A-Z]\w*)(?::[^\n]*)?\s*$/;

/**
 * The part of a message that its template is made of: the first line and, when a stack trace follows, the type of what was thrown.
 * A message of one line is returned as it is.
 */
export function minedText(body: string): string {
  const end = body.indexOf('\n');
  if (end < 0) return body;
  const first = body.slice(0, Math.min(end, MAX_LENGTH)).trimEnd();
  const type = thrownType(body, end);
  return type === undefined || first.includes(type) ? first : `${first} ${type}`;
}

function thrownType(body: string, from: number): string | undefined {
  const rest = body.slice(from, from + SEARCHED);
  if (body.startsWith('Traceback (most recent call last)', body.search(/\S/)) || rest.includes('Traceback (most recent call last)')) {
    const last = pythonThrown.exec(body.slice(Math.max(from, body.length - SEARCHED)));
    if (last) return last[1];
  }
  return thrown.exec(rest)?.[1];
}
