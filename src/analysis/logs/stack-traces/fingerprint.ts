import { baseName, type Frame, type TracedException } from './trace.ts';

/**
 * Identity of a fault: a hash over the types of all exceptions and the calls in the application's own code.
 *
 * Lines, columns, addresses, threads, generated names and frames of frameworks do not count. Where no frame is the application's, all frames
 * count; where there is no frame, the message does, with its numbers and names taken out.
 * @param exceptions outermost first
 * @returns 16 hex digits
 * @see https://develop.sentry.dev/backend/application-domains/grouping/
 * @example fingerprintOf([{ type: 'E', message: 'at 7', frames: [] }]) === fingerprintOf([{ type: 'E', message: 'at 8', frames: [] }]) // => true
 */
export function fingerprintOf(exceptions: readonly TracedException[]): string {
  const own = exceptions.some(exception => exception.frames.some(frame => frame.inApp));
  const parts: string[] = [];
  let frames = 0;
  for (const exception of exceptions) {
    parts.push(`type ${exception.type}`);
    let before = '';
    for (const frame of exception.frames) {
      if (own && !frame.inApp) continue;
      const value = frameValue(frame);
      if (value === '' || value === before) continue;
      before = value;
      parts.push(value);
      frames++;
    }
  }
  if (frames === 0) for (const { message } of exceptions) parts.push(withoutParameters(message));
  return hash(parts.join('\n'));
}

function frameValue(frame: Frame): string {
  const place = frame.module ?? (frame.file === undefined ? '' : baseName(frame.file).toLowerCase());
  const name = frame.function ?? '';
  return place === '' && name === '' ? '' : `${place} ${name}`;
}

const PARAMETERS: readonly (readonly [RegExp, string])[] = [
  [/[\w.+-]+@[\w-]+\.[\w.-]+/g, '<email>'],
  [/\b[a-z][a-z\d+.-]*:\/\/\S+/gi, '<url>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\[[\da-f:]+\](?::\d+)?/gi, '<ip>'],
  [/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi, '<uuid>'],
  [/\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?/g, '<time>'],
  [/\b0x[\da-f]+\b/gi, '<hex>'],
  [/\b(?=[\da-f]*\d)[\da-f]{8,}\b/gi, '<hex>'],
  [/'[^']*'|"[^"]*"/g, '<text>'],
  [/-?\b\d+(?:\.\d+)?/g, '<number>'],
];

/** The first two lines of a message with what varies taken out. */
function withoutParameters(message: string): string {
  let text = message
    .split('\n')
    .filter(line => line.trim() !== '')
    .slice(0, 2)
    .join('\n')
    .slice(0, 500);
  for (const [pattern, name] of PARAMETERS) text = text.replace(pattern, name);
  return text;
}

/** 64 bits of FNV-1a in two lanes: an identity, not a secret. */
function hash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ (c + i), 0x85ebca6b);
    b ^= b >>> 13;
  }
  a = Math.imul(a ^ (a >>> 15), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 15), 0x27d4eb2f);
  return ((a ^ (a >>> 13)) >>> 0).toString(16).padStart(8, '0') + ((b ^ (b >>> 14)) >>> 0).toString(16).padStart(8, '0');
}
