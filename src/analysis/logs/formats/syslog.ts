import type { Draft } from '../draft.ts';
import { type LogFormat, sample } from '../format.ts';
import { indexWithin } from '../index-within.ts';
import { severityOfSyslog, severityOfWord } from '../levels.ts';
import { NO_YEAR } from '../timestamps.ts';

const FACILITIES =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  );

/** RFC 5424: `<PRI>1 time host app procid msgid [structured data] message`. */
export const syslog5424: LogFormat = {
  name: 'syslog-5424',
  rank: 9,
  carrier: true,
  first: '<9',
  read(text, lo, hi, draft) {
    let p = priority(text, counted(text, lo, hi), hi, draft);
    if (p < 0 || text.charCodeAt(p) !== 49 || text.charCodeAt(p + 1) !== 32) return false;
    p += 2;
    if (text.charCodeAt(p) === 45) p++;
    else {
      p = draft.readTime(text, p, hi);
      if (p < 0) return false;
      draft.takeTime();
    }
    const fields: string[] = [];
    while (fields.length < 4) {
      if (text.charCodeAt(p) !== 32) return false;
      const end = wordEnd(text, p + 1, hi);
      fields.push(draft.name(text, p + 1, end));
      p = end;
    }
    const [host, app, process, message] = fields;
    if (host !== '-') draft.instance = host!;
    if (app !== '-') draft.service = app!;
    if (process !== '-') draft.set('pid', process!);
    if (message !== '-') draft.set('msgid', message!);
    if (text.charCodeAt(p) === 32) p++;
    if (text.charCodeAt(p) === 45) p++;
    else p = structured(text, p, hi, draft);
    if (text.charCodeAt(p) === 32) p++;
    if (text.charCodeAt(p) === 0xfeff) p++;
    draft.body(text, Math.min(p, hi), hi);
    return true;
  },
  samples: [
    sample(
      '<34>1 2024-05-01T10:00:00.003Z web1 su - ID47 - su failed for root',
      '2024-05-01T10:00:00.003Z',
      'ERROR',
      'su',
      'su failed for root',
    ),
    sample(
      '<165>1 2024-05-01T12:00:00+02:00 db1 backup 4711 - [job@32473 id="7" state="ok"] done',
      '2024-05-01T10:00:00Z',
      'INFO',
      'backup',
      'done',
    ),
    sample('<12>1 - - - - - - no fields at all', null, 'WARN', null, 'no fields at all'),
    sample(
      '<191>1 2024-05-01T10:00:01Z host app - - [a@1 b="x\\"]y"] quoted bracket',
      '2024-05-01T10:00:01Z',
      'DEBUG',
      'app',
      'quoted bracket',
    ),
    sample(
      '68 <14>1 2024-05-01T10:00:02Z host app 1 - - counted by the transport',
      '2024-05-01T10:00:02Z',
      'INFO',
      'app',
      'counted by the transport',
    ),
  ],
  nearMisses: ['<34>2 2024-05-01T10:00:00Z web1 su - - - x', '<999>1 2024-05-01T10:00:00Z a b c d - x'],
};

/** RFC 3164 as sent over the wire: `<PRI>Mon dd hh:mm:ss host tag[pid]: message`. */
export const syslog3164: LogFormat = {
  name: 'syslog-3164',
  rank: 8,
  carrier: true,
  first: '<',
  read(text, lo, hi, draft) {
    const p = priority(text, lo, hi, draft);
    if (p < 0) return false;
    const end = draft.readTime(text, p, hi);
    if (end < 0) {
      draft.body(text, p, hi);
      return tag(text, p, hi, draft);
    }
    draft.takeTime();
    return afterTime(text, end, hi, draft);
  },
  samples: [
    sample('<13>May  1 10:00:00 web1 app[77]: started', '1972-05-01T10:00:00Z', 'INFO', 'app', 'started'),
    sample('<11>May 11 10:00:00 web1 app: failed', '1972-05-11T10:00:00Z', 'ERROR', 'app', 'failed'),
    sample('<0>May 11 10:00:00 web1 kernel: [12.5] panic', '1972-05-11T10:00:00Z', 'ERROR', 'kernel', '[12.5] panic'),
    sample('<28>2024-05-01T10:00:00Z web1 app[1]: iso stamp', '2024-05-01T10:00:00Z', 'WARN', 'app', 'iso stamp'),
    sample('<30>dockerd[9]: no stamp', null, 'INFO', 'dockerd', 'no stamp'),
  ],
  nearMisses: ['<a>May  1 10:00:00 x y: z', '<192>May  1 10:00:00 web1 app: priority out of range'],
};

/** Syslog as files hold it: `Mon dd hh:mm:ss host tag[pid]: message`, also with an ISO stamp. */
export const syslogFile: LogFormat = {
  name: 'syslog',
  rank: 6,
  carrier: true,
  first: 'a9',
  read(text, lo, hi, draft) {
    const end = draft.readTime(text, lo, hi);
    if (end < 0) return false;
    draft.takeTime();
    const c = text.charCodeAt(lo);
    if (c >= 48 && c <= 57) {
      // ISO: only with T and zone, and only with a tag behind the host
      if (text.charCodeAt(lo + 10) !== 84 || draft.timeFlags !== 0) return false;
      return (
        afterTime(text, end, hi, draft) && draft.service !== '' && /^[\w.:-]*$/.test(draft.instance) && severityOfWord(draft.instance) === 0
      );
    }
    return (draft.timeFlags & NO_YEAR) !== 0 && afterTime(text, end, hi, draft);
  },
  samples: [
    sample(
      'May  1 10:00:00 web1 sshd[811]: Accepted publickey for deploy',
      '1972-05-01T10:00:00Z',
      null,
      'sshd',
      'Accepted publickey for deploy',
    ),
    sample('May 11 10:00:01 web1 su(pam_unix)[812]: session opened', '1972-05-11T10:00:01Z', null, 'su(pam_unix)', 'session opened'),
    sample('Dec 31 23:59:59 web1 kernel: [ 12.345] eth0: link up', '1972-12-31T23:59:59Z', null, 'kernel', '[ 12.345] eth0: link up'),
    sample('Feb 29 00:00:00 mac1 Photo Agent[90]: woke', '1972-02-29T00:00:00Z', null, 'Photo Agent', 'woke'),
    sample('May  1 10:00:02 web1 last message repeated 3 times', '1972-05-01T10:00:02Z', null, null, 'last message repeated 3 times'),
    sample('2024-05-01T10:00:03.5+02:00 web1 cron[9]: (root) CMD (true)', '2024-05-01T08:00:03.500Z', null, 'cron', '(root) CMD (true)'),
    sample('May  1 10:00:04 -- MARK --', '1972-05-01T10:00:04Z', null, null, '-- MARK --'),
  ],
  nearMisses: [
    '2024-05-01T10:00:03.123Z [INFO]  core: unsealed',
    'May I come in at 10:00:00',
    '2024-05-01T10:00:03Z ERROR something: broke',
  ],
};

/** A console collector of clusters: `label epoch yyyy.mm.dd node` before a syslog line; the epoch is UTC, the inner stamp local. */
export const clusterSyslog: LogFormat = {
  name: 'cluster-syslog',
  rank: 8,
  first: 'a-9',
  read(text, lo, hi, draft) {
    const epoch = wordEnd(text, lo, hi) + 1;
    if (epoch - lo > 32) return false;
    const end = draft.readTime(text, epoch, hi);
    if (end !== epoch + 10 || text.charCodeAt(end) !== 32 || text.charCodeAt(end + 5) !== 46 || text.charCodeAt(end + 11) !== 32)
      return false;
    draft.takeTime();
    const t = draft.t;
    const node = wordEnd(text, end + 12, hi);
    const inner = draft.readTime(text, node + 1, hi);
    if (inner < 0 || !isLetter(text.charCodeAt(node + 1))) return false;
    if (epoch - lo > 2) draft.set('label', draft.name(text, lo, epoch - 1));
    if (!afterTime(text, inner, hi, draft)) return false;
    draft.t = t;
    draft.timeFlags = 0;
    draft.instance = draft.name(text, end + 12, node);
    return true;
  },
  samples: [
    sample(
      '- 1714557600 2024.05.01 n17 May 1 12:00:00 n17/n17 crond[7]: (root) CMD (true)',
      '2024-05-01T10:00:00Z',
      null,
      'crond',
      '(root) CMD (true)',
    ),
    sample(
      'DISK 1714557601 2024.05.01 n18 May 1 12:00:01 n18/n18 kernel: sda: I/O error',
      '2024-05-01T10:00:01Z',
      null,
      'kernel',
      'sda: I/O error',
    ),
    sample('- 1714557602 2024.05.01 adm1 May 1 12:00:02 local@adm1 xinetd[5]: START', '2024-05-01T10:00:02Z', null, 'xinetd', 'START'),
    sample('- 1714557603 2024.05.01 n17 May 1 12:00:03 n17/n17 CPU: L2 cache 1024K', '2024-05-01T10:00:03Z', null, 'CPU', 'L2 cache 1024K'),
    sample('- 1714557604 2024.05.01 n17 May 1 12:00:04 n17/n17 no tag here', '2024-05-01T10:00:04Z', null, null, 'no tag here'),
  ],
  nearMisses: ['- 1714557600 2024-05-01 n17 May 1 12:00:00 a b: c', '- 17145576 2024.05.01 n17 May 1 12:00:00 a b: c'],
};

/** Octet counting of RFC 6587: digits and a blank before the priority. */
function counted(text: string, lo: number, hi: number): number {
  let p = lo;
  while (p < hi && p - lo < 6 && text.charCodeAt(p) >= 48 && text.charCodeAt(p) <= 57) p++;
  return p > lo && text.charCodeAt(p) === 32 && text.charCodeAt(p + 1) === 60 ? p + 1 : lo;
}

/** One past `<PRI>`, or −1. */
function priority(text: string, lo: number, hi: number, draft: Draft): number {
  if (text.charCodeAt(lo) !== 60) return -1;
  let p = lo + 1;
  let value = 0;
  while (p < hi && p - lo < 4 && text.charCodeAt(p) >= 48 && text.charCodeAt(p) <= 57) value = value * 10 + text.charCodeAt(p++) - 48;
  if (p === lo + 1 || p >= hi || text.charCodeAt(p) !== 62 || value > 191) return -1;
  draft.severity = severityOfSyslog(value & 7);
  draft.severityText = String(value & 7);
  draft.set('syslog.facility', FACILITIES[value >> 3]!);
  return p + 1;
}

function afterTime(text: string, end: number, hi: number, draft: Draft): boolean {
  if (end >= hi) {
    draft.body(text, hi, hi);
    return true;
  }
  let p = end;
  if (text.charCodeAt(p) === 58) p++;
  if (text.charCodeAt(p) !== 32) return false;
  while (p < hi && text.charCodeAt(p) === 32) p++;
  if (text.startsWith('-- MARK', p) || text.startsWith('last message repeated', p)) {
    draft.body(text, p, hi);
    return true;
  }
  const host = wordEnd(text, p, hi);
  const last = text.charCodeAt(host - 1);
  // some relays leave the host out
  if (last !== 58) {
    draft.instance = draft.name(text, p, host);
    p = host;
    while (p < hi && text.charCodeAt(p) === 32) p++;
  }
  draft.body(text, p, hi);
  tag(text, p, hi, draft);
  return true;
}

/** `name[pid]: `, `name: `, `name version: `; the body is what follows. False when there is none. */
function tag(text: string, lo: number, hi: number, draft: Draft): boolean {
  const limit = Math.min(hi, lo + 128);
  let p = lo;
  let blanks = 0;
  let firstBlank = -1;
  for (; p < limit; p++) {
    const c = text.charCodeAt(p);
    if (c === 58) break;
    if (c === 91) break;
    if (c === 32) {
      if (firstBlank < 0) firstBlank = p;
      if (++blanks > 3) return false;
    }
  }
  if (p >= limit || p === lo) return false;
  let nameEnd = p;
  let process = -1;
  if (text.charCodeAt(p) === 91) {
    const shut = indexWithin(text, ']', p, limit);
    if (shut < 0) return false;
    process = p + 1;
    p = shut + 1;
    // macOS puts who was asked behind: `sandboxd[129] ([31211]): `
    if (text.startsWith(' (', p)) p = indexWithin(text, '):', p, hi) + 1;
    if (p <= shut || p >= limit || text.charCodeAt(p) !== 58) return false;
    if (process < shut) draft.set('pid', text.slice(process, shut));
  } else if (firstBlank >= 0 && !isVersion(text, firstBlank, nameEnd)) return false;
  if (p + 1 < hi && text.charCodeAt(p + 1) !== 32 && process < 0) return false;
  while (text.charCodeAt(nameEnd - 1) === 32) nameEnd--;
  draft.service = draft.name(text, lo, nameEnd);
  p++;
  while (p < hi && text.charCodeAt(p) === 32) p++;
  draft.body(text, p, hi);
  return true;
}

/** Without a process id a blank in the tag is only a version or stands before the colon. */
function isVersion(text: string, blank: number, end: number): boolean {
  const c = text.charCodeAt(blank + 1);
  return blank + 1 === end || (c >= 48 && c <= 57) || c === 118;
}

function structured(text: string, lo: number, hi: number, draft: Draft): number {
  let p = lo;
  while (p < hi && text.charCodeAt(p) === 91) {
    p++;
    while (p < hi && text.charCodeAt(p) !== 93) {
      while (p < hi && text.charCodeAt(p) !== 32 && text.charCodeAt(p) !== 93) p++;
      if (text.charCodeAt(p) !== 32) break;
      const equals = indexWithin(text, '="', p, hi);
      if (equals < 0) break;
      const name = text.slice(p + 1, equals);
      let q = equals + 2;
      while (q < hi && text.charCodeAt(q) !== 34) q += text.charCodeAt(q) === 92 ? 2 : 1;
      draft.set(name, text.slice(equals + 2, q).replace(/\\(["\]\\])/g, '$1'));
      p = q + 1;
    }
    p++;
  }
  return p;
}

function wordEnd(text: string, lo: number, hi: number): number {
  let p = lo;
  while (p < hi && text.charCodeAt(p) !== 32) p++;
  return p;
}

function isLetter(c: number): boolean {
  return (c >= 65 && c <= 90) || (c >= 97 && c <= 122);
}
