import { type LogFormat, sample } from '../format.ts';
import { indexWithin } from '../index-within.ts';

const HEAD = '{"log":"';

/**
 * Docker's json-file driver. Read by hand, because the application's line is inside and JSON.parse would cost more than all the rest.
 * Lines of more than 16 KiB come in parts; all but the last lack the line end.
 */
export const dockerJson: LogFormat = {
  name: 'docker-json',
  rank: 9,
  first: '{',
  envelope: true,
  read(text, lo, hi, draft) {
    if (!text.startsWith(HEAD, lo)) return false;
    const from = lo + HEAD.length;
    let end = from;
    let escapes = 0;
    for (;;) {
      end = text.indexOf('"', end);
      if (end < 0 || end >= hi) return false;
      let back = end - 1;
      while (text.charCodeAt(back) === 92) back--;
      if ((end - back) % 2 === 1) break;
      escapes++;
      end++;
    }
    let p = end + 1;
    let time = -1;
    while (p < hi && text.startsWith(',"', p)) {
      const colon = indexWithin(text, '":', p, hi);
      if (colon < 0) return false;
      const value = colon + 2;
      if (text.charCodeAt(value) === 34) {
        const shut = indexWithin(text, '"', value + 1, hi);
        if (shut < 0) return false;
        if (text.startsWith('time"', p + 2)) time = draft.readTime(text, value + 1, shut);
        else if (text.startsWith('stream"', p + 2)) draft.set('log.iostream', draft.name(text, value + 1, shut));
        p = shut + 1;
      } else if (text.charCodeAt(value) === 123) {
        const shut = text.indexOf('}', value);
        if (shut < 0 || shut >= hi) return false;
        readAttributes(text.slice(value, shut + 1), draft);
        p = shut + 1;
      } else return false;
    }
    if (time < 0 || text.charCodeAt(p) !== 125) return false;
    draft.takeTime();
    const ended = end - from >= 2 && text.charCodeAt(end - 1) === 110 && text.charCodeAt(end - 2) === 92;
    draft.partial = !ended;
    const bodyEnd = ended ? end - 2 : end;
    const slash = escapes > 0 ? from : text.indexOf('\\', from);
    if (slash < 0 || slash >= bodyEnd) draft.body(text, from, bodyEnd);
    else {
      const body = unescaped(text.slice(from, bodyEnd)).replace(/[\r\n]+$/, '');
      draft.body(body, 0, body.length);
    }
    return true;
  },
  samples: [
    sample(
      '{"log":"server ready\\n","stream":"stdout","time":"2024-05-01T10:00:00.123456789Z"}',
      '2024-05-01T10:00:00.123Z',
      null,
      null,
      'server ready',
    ),
    sample('{"log":"say \\"hi\\"\\n","stream":"stderr","time":"2024-05-01T10:00:01Z"}', '2024-05-01T10:00:01Z', null, null, 'say "hi"'),
    sample(
      '{"log":"a\\tb \\u003cc\\u003e\\n","stream":"stdout","time":"2024-05-01T12:00:02+02:00"}',
      '2024-05-01T10:00:02Z',
      null,
      null,
      'a\tb <c>',
    ),
    sample(
      '{"log":"2024-05-01 10:00:03,500 WARN [main] shop.Cart - slow\\n","stream":"stdout","time":"2024-05-01T10:00:03.6Z"}',
      '2024-05-01T10:00:03.500Z',
      'WARN',
      'shop.Cart',
      'slow',
    ),
    sample(
      '{"log":"tagged\\n","stream":"stdout","attrs":{"tag":"web"},"time":"2024-05-01T10:00:04Z"}',
      '2024-05-01T10:00:04Z',
      null,
      null,
      'tagged',
    ),
  ],
  nearMisses: ['{"log":"no time here\\n","stream":"stdout"}', '{"logger":"a","time":"2024-05-01T10:00:00Z"}'],
};

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

function readAttributes(text: string, draft: Parameters<LogFormat['read']>[3]): void {
  try {
    for (const [key, value] of Object.entries(JSON.parse(text) as Record<string, unknown>)) {
      if (typeof value === 'string') draft.set(key, value);
    }
  } catch {
    // attributes that are no JSON say nothing
  }
}
