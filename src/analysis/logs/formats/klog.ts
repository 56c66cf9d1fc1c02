import { type LogFormat, sample } from '../format.ts';
import { indexWithin } from '../index-within.ts';
import { severityOfLetter } from '../levels.ts';

/** klog and glog: `Lmmdd hh:mm:ss.uuuuuu pid file:line] message`; glog's C++ form may carry the year. */
export const klog: LogFormat = {
  name: 'klog',
  rank: 9,
  first: 'a',
  read(text, lo, hi, draft) {
    const severity = severityOfLetter(text.charCodeAt(lo));
    if (severity === 0) return false;
    let p = lo + 1;
    while (p < hi && isDigit(text.charCodeAt(p))) p++;
    const digits = p - lo - 1;
    if ((digits !== 4 && digits !== 8) || text.charCodeAt(p) !== 32) return false;
    // month and day are taken over to the year-less form that the reader knows
    const month = text.slice(p - 4, p - 2);
    const day = text.slice(p - 2, p);
    let end = p + 1;
    while (end < hi && text.charCodeAt(end) !== 32) end++;
    const stamp = digits === 8 ? `${text.slice(lo + 1, p)} ${text.slice(p + 1, end)}` : `${month}-${day} ${text.slice(p + 1, end)}`;
    if (draft.readTime(stamp, 0, stamp.length) !== stamp.length) return false;
    const close = indexWithin(text, '] ', end, Math.min(hi + 1, end + 122));
    if (close < 0) return false;
    const where = /^\s+(\d+)\s+([^\s:]+):(\d+)$/.exec(text.slice(end, close));
    if (!where) return false;
    draft.takeTime();
    draft.severity = severity;
    draft.severityText = text[lo]!;
    draft.set('pid', Number(where[1]));
    draft.service = draft.name(where[2]!, 0, where[2]!.length);
    draft.set('logger', draft.service);
    draft.set('line', Number(where[3]));
    draft.body(text, close + 2, hi);
    return true;
  },
  samples: [
    sample(
      'I0501 10:00:00.123456       1 server.go:42] Serving on :443',
      '1972-05-01T10:00:00.123Z',
      'INFO',
      'server.go',
      'Serving on :443',
    ),
    sample('W0501 10:00:01.000001   77 cache.cc:9] slow read', '1972-05-01T10:00:01Z', 'WARN', 'cache.cc', 'slow read'),
    sample(
      'E1231 23:59:59.999999    1 reflector.go:138] watch failed: timeout',
      '1972-12-31T23:59:59.999Z',
      'ERROR',
      'reflector.go',
      'watch failed: timeout',
    ),
    sample('F0229 00:00:00.000000    1 main.go:1] cannot start', '1972-02-29T00:00:00Z', 'ERROR', 'main.go', 'cannot start'),
    sample('I20240501 10:00:02.500000  9 loop.cc:7] tick', '2024-05-01T10:00:02.500Z', 'INFO', 'loop.cc', 'tick'),
  ],
  nearMisses: ['I0501 was the code of the door', 'E0501 10:00:00 no file] here'],
};

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}
