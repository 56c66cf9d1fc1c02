import { type LogFormat, sample } from '../format.ts';
import { severityOfWord } from '../levels.ts';

/** java.util.logging: time, class and method on one line, `LEVEL: message` on the next, which is joined to it. */
export const javaUtil: LogFormat = {
  name: 'java-util-logging',
  rank: 7,
  first: 'a',
  read(text, lo, hi, draft) {
    const end = draft.readTime(text, lo, hi);
    if (end < 0 || !/[AP]M$/.test(text.slice(end - 2, end)) || text.charCodeAt(end) !== 32) return false;
    const found = /^ ((?:[\w$]+\.)*[\w$]+) ([\w$<>]+)\s*$/.exec(text.slice(end, Math.min(hi, end + 400)));
    if (!found) return false;
    draft.takeTime();
    draft.service = draft.name(found[1]!, 0, found[1]!.length);
    draft.set('logger', draft.service);
    draft.set('method', found[2]!);
    draft.body(text, hi, hi);
    return true;
  },
  absorb(line, record) {
    if (record.body !== '') return false;
    const colon = line.indexOf(': ');
    const severity = colon < 0 ? 0 : severityOfWord(line, 0, colon);
    if (severity === 0) return false;
    record.severity = severity;
    record.severityText = line.slice(0, colon);
    record.body = line.slice(colon + 2);
    return true;
  },
  samples: [
    sample('May 01, 2024 10:00:00 AM shop.cart.Service add', '2024-05-01T10:00:00Z', null, 'shop.cart.Service', ''),
    sample('May 1, 2024 1:00:01 PM shop.Main <init>', '2024-05-01T13:00:01Z', null, 'shop.Main', ''),
    sample('Dec 31, 2024 12:00:02 AM shop.Main main', '2024-12-31T00:00:02Z', null, 'shop.Main', ''),
    sample('May 01, 2024 12:00:03 PM shop.Pool$Worker run', '2024-05-01T12:00:03Z', null, 'shop.Pool$Worker', ''),
    sample(
      'May 01, 2024 11:59:59 PM org.apache.catalina.core.StandardService startInternal',
      '2024-05-01T23:59:59Z',
      null,
      'org.apache.catalina.core.StandardService',
      '',
    ),
  ],
  nearMisses: ['May 01, 2024 10:00:00 AM something happened here', 'May 01, 2024 10:00:00 shop.Main main'],
};

/** `journalctl -o export`: one KEY=value a line, an empty line between records. */
export const journaldExport: LogFormat = {
  name: 'journald-export',
  rank: 9,
  first: '_',
  read(text, lo, hi, draft) {
    if (!text.startsWith('__CURSOR=', lo) && !text.startsWith('__REALTIME_TIMESTAMP=', lo)) return false;
    if (text.startsWith('__REALTIME', lo)) {
      if (draft.readTime(text, lo + 21, hi) !== hi) return false;
      draft.takeTime();
    }
    draft.body(text, hi, hi);
    return true;
  },
  absorb(line, record) {
    const equals = line.indexOf('=');
    const key = line.slice(0, Math.max(equals, 0));
    if (equals < 1 || key === '__CURSOR' || !/^[A-Z_][A-Z0-9_]*$/.test(key)) return false;
    const value = line.slice(equals + 1);
    if (key === '__REALTIME_TIMESTAMP') record.t = Number(value) / 1000;
    else if (key === 'MESSAGE') record.body = value;
    else if (key === 'PRIORITY') {
      record.severity = [21, 19, 18, 17, 13, 10, 9, 5][Number(value)] ?? 0;
      record.severityText = value;
    } else if (key === 'SYSLOG_IDENTIFIER' || (key === '_COMM' && record.service === '')) record.service = value;
    else if (key === '_HOSTNAME') record.instance = value;
    else if (!key.startsWith('__')) record.set(key, value);
    return true;
  },
  samples: [0, 1, 2, 3, 4].map(i => sample(`__REALTIME_TIMESTAMP=171455760${i}123456`, `2024-05-01T10:00:0${i}.123Z`, null, null, '')),
  nearMisses: ['__CURSOR', '_HOSTNAME=web1'],
};
