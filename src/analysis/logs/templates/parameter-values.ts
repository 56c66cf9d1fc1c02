import { minedText } from './mined-text.ts';
import { WILD } from './shape.ts';
import { bitsOf, isHost } from './special-words.ts';

/** What the values of a parameter are. The first five are quantities. */
export type ParameterType =
  | 'integer'
  | 'number'
  | 'duration'
  | 'size'
  | 'percentage'
  | 'time'
  | 'address'
  | 'path'
  | 'host'
  | 'id'
  | 'word'
  | 'text';

/**
 * Reads the parameters of a template out of messages.
 *
 * Good at: telling the values by the constant text between them. Bad at: two parameters with only a blank between, of which the first
 * holds blanks itself; lists that were left out of the template stay in one value.
 * @param text a template's text
 * @returns a function that gives the values of a message, one for each `<*>`, or undefined when the message is not of the template
 * @example
 * parameterReader('port <*> of <*> open')('port 80 of shop-3 open') // => ['80', 'shop-3']
 */
export function parameterReader(text: string): (body: string) => readonly string[] | undefined {
  const constants = text.split(WILD);
  const last = constants.length - 1;
  return body => {
    const message = minedText(body).trim().replace(/\s+/g, ' ');
    if (last === 0) return message === text ? [] : undefined;
    if (!message.startsWith(constants[0]!) || !message.endsWith(constants[last]!)) return undefined;
    const end = message.length - constants[last]!.length;
    const values: string[] = [];
    let from = constants[0]!.length;
    for (let i = 1; i < last; i++) {
      const found = message.indexOf(constants[i]!, from);
      if (found < 0 || found > end) return undefined;
      values.push(message.slice(from, found));
      from = found + constants[i]!.length;
    }
    if (from > end) return undefined;
    values.push(message.slice(from, end));
    return values;
  };
}

/**
 * What a reader would call each parameter: the key before `=` or `:`, else the word before it, else its place.
 * @example
 * parameterNames('took <*> ms, user=<*>') // => ['took', 'user']
 */
export function parameterNames(text: string): readonly string[] {
  const constants = text.split(WILD);
  return constants.slice(0, -1).map((before, i) => {
    const key = /([A-Za-z_][\w.-]*)["']?\s*[=:]\s*["'[({<]*$/.exec(before)?.[1];
    return key ?? /([A-Za-z_][\w-]*)[^A-Za-z]*$/.exec(before)?.[1] ?? `#${i + 1}`;
  });
}

const quantity = /^([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s?([A-Za-zµ%/]*)(?: \([^)]*\))?$/;
const milliseconds: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  msec: 1,
  s: 1000,
  sec: 1000,
  secs: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hours: 3_600_000,
};
const bytes: Readonly<Record<string, number>> = {
  b: 1,
  byte: 1,
  bytes: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/**
 * Type of a value, and its number where it is a quantity (durations in ms, sizes in bytes, percentages as written; NaN otherwise).
 * @example
 * typedValue('1.5 s') // => { type: 'duration', number: 1500 }
 */
export function typedValue(value: string): { readonly type: ParameterType; readonly number: number } {
  const found = quantity.exec(value);
  if (found) {
    const number = Number(found[1]);
    const unit = found[2]!;
    if (unit === '') return { type: /^[+-]?\d+$/.test(value) ? 'integer' : 'number', number };
    if (unit === '%') return { type: 'percentage', number };
    const scale = milliseconds[unit] ?? milliseconds[unit.toLowerCase()];
    if (scale !== undefined) return { type: 'duration', number: number * scale };
    const size = bytes[unit.toLowerCase()];
    if (size !== undefined) return { type: 'size', number: number * size };
  }
  return { type: nameType(value), number: Number.NaN };
}

function nameType(value: string): ParameterType {
  if (/^\/?(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?$|^(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}$|^(?:[\da-f]{2}[:-]){5}[\da-f]{2}$/i.test(value))
    return 'address';
  if (/^\d{4}-\d\d-\d\d|^\d{1,2}:\d\d(:\d\d)?|^\d{1,2}[/.]\d{1,2}[/.]\d{2,4}/.test(value)) return 'time';
  if (/:\/\/|^\/\w|\/.*\/|\\.*\\/.test(value)) return 'path';
  if (isHost(value.replace(/:\d+$/, ''))) return 'host';
  if (/\s/.test(value) && !/^\S+ \d/.test(value)) return bitsOf(value.split(' ')[0]!) & 2 ? 'time' : 'text';
  if (/\d/.test(value)) return 'id';
  return /^[\p{L}_.-]+$/u.test(value) ? 'word' : 'text';
}
