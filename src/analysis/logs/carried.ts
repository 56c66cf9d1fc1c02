import type { Draft } from './draft.ts';
import { logfmt } from './formats/json.ts';
import { klog } from './formats/klog.ts';
import { accessLog } from './formats/web.ts';
import { readJsonRecord } from './json-record.ts';

const COOKIE = '@cee:';

/**
 * Reads a record that a transport carries as its message: a JSON object, also behind the `@cee:` mark, logfmt, klog or a line of a web server.
 *
 * Host and program stay the transport's; level, message, ids and attributes become those of what it carries.
 * @param draft the transport's record, changed when something is carried
 * @param inside scratch for the inner record
 * @returns name of the format that was carried, `''` = none
 * @example
 * const draft = new Draft(); draft.body('plain words', 0, 11);
 * carried(draft, new Draft()) // => ''
 */
export function carried(draft: Draft, inside: Draft): string {
  let { lo } = draft;
  const { text, hi } = draft;
  if (text.startsWith(COOKIE, lo)) {
    lo += COOKIE.length;
    while (text.charCodeAt(lo) === 32) lo++;
  }
  const c = text.charCodeAt(lo);
  let name = 'json';
  if (c === 123) {
    const object = inside.json(text, lo, hi);
    if (object === undefined) return '';
    inside.reset();
    // the transport's time stands in for one that the object lacks
    if (
      !readJsonRecord(
        'time' in object || 'timestamp' in object || '@timestamp' in object ? object : { ...object, time: new Date(0).toISOString() },
        inside,
      )
    )
      return '';
  } else if (c >= 48 && c <= 57) {
    inside.reset();
    if (!accessLog.read(text, lo, hi, inside)) return '';
    name = accessLog.name;
    draft.t = inside.t;
    draft.timeFlags = inside.timeFlags;
  } else if ((c === 73 || c === 87 || c === 69 || c === 70) && text.charCodeAt(lo + 1) < 58) {
    inside.reset();
    if (!klog.read(text, lo, hi, inside)) return '';
    name = klog.name;
  } else if (text.startsWith('time=', lo) || text.startsWith('level=', lo) || text.startsWith('ts=', lo)) {
    inside.reset();
    if (!logfmt.read(text, lo, hi, inside)) return '';
    name = logfmt.name;
  } else return '';
  if (inside.severity > 0) {
    draft.severity = inside.severity;
    draft.severityText = inside.severityText;
  }
  if (draft.service === '') draft.service = inside.service;
  if (inside.traceId !== '') draft.traceId = inside.traceId;
  if (inside.spanId !== '') draft.spanId = inside.spanId;
  if (inside.attributes !== undefined) draft.attributes = Object.assign(draft.attributes ?? {}, inside.attributes);
  draft.body(inside.text, inside.lo, inside.hi);
  return name;
}
