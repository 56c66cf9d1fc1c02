import type { Draft } from '../draft.ts';
import { type LogFormat, layoutFormat, sample } from '../format.ts';

/**
 * What is left when no better format fits: a stamp (perhaps behind a level), perhaps a level behind brackets and numbers, perhaps a dotted logger, and text. A
 * learned header goes before it.
 */
export const generic: LogFormat = {
  name: 'time-level-message',
  rank: 1,
  first: '9[a@<("#',
  read(text, lo, hi, draft) {
    let p = lo;
    while (p < hi && text.charCodeAt(p) === 35) p++;
    let end = stampEnd(text, p, hi, draft);
    if (end < 0) {
      // the level may stand before the stamp
      const level = levelEnd(text, p, hi, draft, true);
      if (level < 0) return false;
      p = level;
      while (p < hi && isSeparator(text.charCodeAt(p))) p++;
      end = stampEnd(text, p, hi, draft);
      if (end < 0) return false;
    }
    draft.takeTime();
    p = afterSeparators(text, end, hi);
    if (draft.severity === 0) p = readLevel(text, p, hi, draft);
    p = readLogger(text, p, hi, draft);
    draft.body(text, p, hi);
    return true;
  },
  samples: [
    sample('2024-05-01T10:00:00Z ERROR disk full', '2024-05-01T10:00:00Z', 'ERROR', null, 'disk full'),
    sample('[2024-05-01 10:00:01] plain text', '2024-05-01T10:00:01Z', null, null, 'plain text'),
    sample('[WARN] 2024-05-01 10:00:02 slow', '2024-05-01T10:00:02Z', 'WARN', null, 'slow'),
    sample('May 1, 2024 10:00:03 AM something', '2024-05-01T10:00:03Z', null, null, 'something'),
    sample('1714557604 epoch seconds', '2024-05-01T10:00:04Z', null, null, 'epoch seconds'),
    sample('Wed May  1 10:00:05 2024 : Error: no route', '2024-05-01T10:00:05Z', 'ERROR', null, 'no route'),
    sample('2024-05-01 10:00:06 +0000 [warn]: #0 slow', '2024-05-01T10:00:06Z', 'WARN', null, '#0 slow'),
    sample('[2024-05-01 10:00:07.123] [store] [info] opened', '2024-05-01T10:00:07.123Z', 'INFO', null, 'opened'),
    sample('2024-05-01 10:00:08 [main] DEBUG shop.Cart -- added', '2024-05-01T10:00:08Z', 'DEBUG', 'shop.Cart', 'added'),
    sample('2024-05-01 10:00:09 Error handling was improved', '2024-05-01T10:00:09Z', null, null, 'Error handling was improved'),
    sample('2024-05-01 10:00:10 user saw ERROR page', '2024-05-01T10:00:10Z', null, null, 'user saw ERROR page'),
  ],
  nearMisses: ['no time at all', '12345 is a number'],
};

/** One past a stamp and the bracket or quote around it, or −1. */
function stampEnd(text: string, lo: number, hi: number, draft: Draft): number {
  const c = text.charCodeAt(lo);
  const close = c === 91 ? 93 : c === 40 ? 41 : c === 60 ? 62 : c === 34 ? 34 : 0;
  const end = draft.readTime(text, close === 0 ? lo : lo + 1, hi);
  if (end < 0 || close === 0) return end < 0 || end === hi || isSeparator(text.charCodeAt(end)) || isOpen(text.charCodeAt(end)) ? end : -1;
  return text.charCodeAt(end) === close ? end + 1 : -1;
}

/** One past a level: in brackets in any case, else in capitals or before a colon or bar. Sets it in the draft; −1 = none. */
function levelEnd(text: string, lo: number, hi: number, draft: Draft, first: boolean): number {
  let p = lo;
  const open = isOpen(text.charCodeAt(p));
  if (open) p++;
  while (open && text.charCodeAt(p) === 32) p++;
  const from = p;
  while (p < hi && isLetter(text.charCodeAt(p))) p++;
  if (p - from < 3 || p - from > 13) return -1;
  let close = p;
  while (open && text.charCodeAt(close) === 32) close++;
  if (open ? !isClose(text.charCodeAt(close)) : p < hi && !isSeparator(text.charCodeAt(p))) return -1;
  if (!open) {
    const next = text.charCodeAt(p);
    const capitals = text.charCodeAt(from + 1) < 91;
    if (!capitals && (first || (next !== 58 && next !== 124))) return -1;
  }
  if (!draft.level(text, from, p)) return -1;
  return open ? close + 1 : p;
}

/** Reads the level at `lo`, or behind brackets and numbers there; returns where the message goes on. */
function readLevel(text: string, lo: number, hi: number, draft: Draft): number {
  let p = lo;
  for (let i = 0; i < 4; i++) {
    const end = levelEnd(text, p, hi, draft, false);
    if (end >= 0) {
      if (p > lo) draft.set('context', text.slice(lo, p).trim());
      return afterSeparators(text, end, hi);
    }
    const skipped = contextEnd(text, p, hi);
    if (skipped < 0) return lo;
    p = afterSeparators(text, skipped, hi);
  }
  return lo;
}

/** One past a bracket, a number or a `key=value`; −1 = none of them. */
function contextEnd(text: string, lo: number, hi: number): number {
  let p = lo;
  if (isOpen(text.charCodeAt(p))) {
    let depth = 0;
    for (; p < hi && p - lo < 120; p++) {
      const c = text.charCodeAt(p);
      if (isOpen(c)) depth++;
      else if (isClose(c) && --depth === 0) return p + 1;
    }
    return -1;
  }
  while (p < hi && text.charCodeAt(p) >= 48 && text.charCodeAt(p) <= 57) p++;
  if (p > lo && (text.charCodeAt(p) === 32 || text.charCodeAt(p) === 124)) return p;
  let equals = false;
  for (; p < hi && p - lo < 120 && text.charCodeAt(p) !== 32; p++) if (text.charCodeAt(p) === 61) equals = true;
  return equals && text.charCodeAt(p) === 32 ? p : -1;
}

/** Takes a dotted name before `:`, ` - ` or ` -- ` as the logger; returns where the message begins. */
function readLogger(text: string, lo: number, hi: number, draft: Draft): number {
  let p = lo;
  let dots = 0;
  while (p < hi && p - lo < 120) {
    const c = text.charCodeAt(p);
    if (c === 46 || (c === 58 && text.charCodeAt(p + 1) === 58)) {
      dots++;
      if (c === 58) p++;
    } else if (!isLetter(c) && !(c >= 48 && c <= 57) && c !== 95 && c !== 36) break;
    p++;
  }
  if (dots === 0 || p - lo < 4 || !isLetter(text.charCodeAt(lo)) || !isLetter(text.charCodeAt(p - 1))) return lo;
  const mark = /^(?:: | --? )/.exec(text.slice(p, p + 4));
  if (!mark) return lo;
  draft.service = draft.name(text, lo, p);
  draft.set('logger', draft.service);
  return p + mark[0].length;
}

function afterSeparators(text: string, lo: number, hi: number): number {
  let p = lo;
  // a sign belongs to the number behind it, a dash to an option
  while (p < hi && isSeparator(text.charCodeAt(p)) && !(text.charCodeAt(p) === 45 && p + 1 < hi && text.charCodeAt(p + 1) !== 32)) p++;
  return p;
}

/** blank tab : - | , ; */
function isSeparator(c: number): boolean {
  return c === 32 || c === 9 || c === 58 || c === 45 || c === 124 || c === 44 || c === 59;
}

function isOpen(c: number): boolean {
  return c === 91 || c === 40 || c === 60;
}

function isClose(c: number): boolean {
  return c === 93 || c === 41 || c === 62;
}

function isLetter(c: number): boolean {
  return (c >= 65 && c <= 90) || (c >= 97 && c <= 122);
}

/** A level in capitals or brackets at the beginning, and no stamp. */
export const levelMessage = layoutFormat({
  name: 'level-message',
  rank: 0.5,
  first: 'a[<(',
  layouts: [
    '[{level}]{?:?} {message}',
    '<{level}> {message}',
    '({level}) {message}',
    '{level} [{thread:until}] {message}',
    '{level} - {message}',
    '{level} {message}',
    '{level}: {message}',
  ],
  check: (draft, text, lo) => {
    const first = text.charCodeAt(lo);
    return first === 91 || first === 60 || first === 40 || draft.severityText === draft.severityText.toUpperCase();
  },
  samples: [
    sample('ERROR cannot open the store', null, 'ERROR', null, 'cannot open the store'),
    sample('[warn] stock is low', null, 'WARN', null, 'stock is low'),
    sample('INFO [main] ready', null, 'INFO', null, 'ready'),
    sample('DEBUG - tick 7', null, 'DEBUG', null, 'tick 7'),
    sample('<notice> reloaded', null, 'INFO', null, 'reloaded'),
  ],
  nearMisses: ['Error while opening', 'Information desk', 'ERRORS happened'],
});
