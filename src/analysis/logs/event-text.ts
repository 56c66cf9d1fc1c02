import type { JsonObject } from '../../model/json.ts';

/** Where structured records keep what went wrong, most telling first. */
const MESSAGES = [
  'err.message',
  'error.message',
  'exception.message',
  'error.msg',
  'err.msg',
  'error.reason',
  'error.description',
  'exception.reason',
  'thrown.message',
  'cause.message',
  'error',
  'err',
  'exception',
  'Exception',
  'error_message',
  'errorMessage',
  'err_msg',
  'errmsg',
  'cause',
];
const TYPES = ['err.type', 'error.type', 'exception.type', 'err.name', 'error.name', 'exception.class', 'thrown.name'];
const STACK = 'exception.stacktrace';
const LONGEST = 300;
/** Classes that say no more than that something was thrown. */
const PLAIN = /^(?:Error|Exception|RuntimeException|RuntimeError)$/;

/**
 * What a record says: its message and, where it keeps an error in fields of its own or on the line below, that error's message. `POST /orders 502` of a web service says
 * little; `POST /orders 502 | payment failed: certificate has expired` is the event. It is what templates are mined from.
 *
 * @param body the message without its header
 * @param attributes dotted names, as the parser gives them
 * @returns the body itself when there is no error beside it, or when it is in the body already
 * @example
 * eventText('GET /cart 500', { 'err.message': 'no route to host' }) // => 'GET /cart 500 | no route to host'
 */
export function eventText(body: string, attributes: JsonObject | undefined): string {
  const end = body.indexOf('\n');
  const error = (attributes && errorOf(attributes)) ?? (end < 0 ? undefined : thrownBelow(body, end));
  if (error === undefined || (end < 0 ? body : body.slice(0, end)).includes(error)) return body;
  return end < 0 ? `${body} | ${error}` : `${body.slice(0, end)} | ${error}${body.slice(end)}`;
}

/** Whether the attributes hold an error that belongs to the event. */
export function tellsError(attributes: JsonObject | undefined): boolean {
  return attributes !== undefined && errorOf(attributes) !== undefined;
}

function errorOf(attributes: JsonObject): string | undefined {
  for (const key of MESSAGES) {
    const value = attributes[key];
    if (typeof value !== 'string' || value.length < 2 || value === 'null' || value === 'nil') continue;
    return withType(firstLine(value), attributes);
  }
  const stack = attributes[STACK];
  return typeof stack === 'string' && stack !== '' ? firstLine(stack) : undefined;
}

function withType(message: string, attributes: JsonObject): string {
  for (const key of TYPES) {
    const type = attributes[key];
    if (typeof type === 'string' && type !== '') return PLAIN.test(type) || message.includes(type) ? message : `${type}: ${message}`;
  }
  return message;
}

/** `error: …` or `java.io.IOException: …` directly below the message. */
const THROWN = /^[ \t]*((?:[A-Za-z_$][\w$.:\\]*)?(?:error|exception|failure|panic)): (\S[^\n]*)/i;

function thrownBelow(body: string, end: number): string | undefined {
  const found = THROWN.exec(body.slice(end + 1, end + 1 + 2 * LONGEST));
  if (!found) return undefined;
  const [, type, message] = found;
  return `${/^(?:error|exception|failure|panic)$/i.test(type!) ? '' : `${type}: `}${message}`.slice(0, LONGEST).trim();
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return (end < 0 ? text : text.slice(0, end)).slice(0, LONGEST).trim();
}
