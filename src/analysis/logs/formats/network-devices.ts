// One file, because these vendors stand behind the same relay header and share its reader.
import type { Draft } from '../draft.ts';
import { type LogFormat, layoutFormat, sample } from '../format.ts';
import { indexWithin } from '../index-within.ts';
import { severityOfSyslog } from '../levels.ts';
import { readPairs } from './json.ts';

/**
 * Cisco IOS, IOS-XE, NX-OS and ASA: `%FACILITY-SEVERITY-MNEMONIC: message` behind whatever the relay put before it: a priority, a sequence number,
 * a host, a stamp with `*` or `.` when the clock is not synchronised.
 */
export const cisco: LogFormat = {
  name: 'cisco',
  rank: 9,
  first: 'a9<*.:',
  read(text, lo, hi, draft) {
    const head = text.slice(lo, Math.min(hi, lo + 220));
    const percent = head.indexOf('%');
    if (percent < 0) return false;
    const found = /^%([A-Z0-9_]+(?:-[A-Z0-9_]+)*?)-([0-7])-([A-Z0-9_]+): ?/.exec(head.slice(percent));
    if (!found) return false;
    relayHeader(text, lo, lo + percent, draft);
    draft.severity = severityOfSyslog(Number(found[2]));
    draft.severityText = found[2]!;
    draft.service = draft.name(found[1]!, 0, found[1]!.length);
    draft.set('mnemonic', found[3]!);
    draft.body(text, lo + percent + found[0].length, hi);
    return true;
  },
  samples: [
    sample(
      '<189>45: *May  1 10:00:00.123: %LINK-3-UPDOWN: Interface Gi0/1, changed state to down',
      '1972-05-01T10:00:00.123Z',
      'ERROR',
      'LINK',
      'Interface Gi0/1, changed state to down',
    ),
    sample(
      'May  1 10:00:01 fw1 %ASA-6-302013: Built outbound TCP connection 7',
      '1972-05-01T10:00:01Z',
      'INFO',
      'ASA',
      'Built outbound TCP connection 7',
    ),
    sample(
      '2024 May  1 10:00:02.123 nx1 %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up',
      '2024-05-01T10:00:02.123Z',
      'INFO',
      'ETHPORT',
      'Interface Ethernet1/1 is up',
    ),
    sample(
      '.May  1 2024 10:00:03: %SYS-5-CONFIG_I: Configured from console',
      '2024-05-01T10:00:03Z',
      'INFO',
      'SYS',
      'Configured from console',
    ),
    sample(
      '<164>May 01 2024 10:00:04 fw1 : %ASA-4-106023: Deny tcp src outside',
      '2024-05-01T10:00:04Z',
      'WARN',
      'ASA',
      'Deny tcp src outside',
    ),
    sample(
      '<187>May  1 10:00:05.000 UTC: %OSPF-SP-4-ERRRCV: Received invalid packet',
      '1972-05-01T10:00:05Z',
      'WARN',
      'OSPF-SP',
      'Received invalid packet',
    ),
  ],
  nearMisses: ['May  1 10:00:00 host app: 90%-full-DISK', 'usage %CPU-9-HIGH: no such severity'],
};

/** ArcSight's CEF, alone or behind syslog. */
export const cef: LogFormat = {
  name: 'cef',
  rank: 9,
  first: 'a9<C',
  single: true,
  read(text, lo, hi, draft) {
    const at = text.slice(lo, Math.min(hi, lo + 200)).indexOf('CEF:');
    if (at < 0) return false;
    const parts = splitBars(text.slice(lo + at, hi), 7);
    if (parts.length !== 8 || !/^CEF:\d/.test(parts[0]!)) return false;
    relayHeader(text, lo, lo + at, draft);
    const extension = cefExtension(parts[7]!);
    severityOfTen(parts[6]!, draft);
    const time = extension['rt'] ?? extension['end'] ?? extension['start'];
    if (time !== undefined && draft.readTime(time, 0, time.length) > 0) draft.takeTime();
    draft.service = draft.name(parts[2]!, 0, parts[2]!.length);
    draft.set('vendor', parts[1]!);
    draft.set('signature', parts[4]!);
    for (const key in extension) draft.set(key, extension[key]!);
    const message = extension['msg'];
    const body = message === undefined ? parts[5]! : `${parts[5]}: ${message}`;
    draft.body(body, 0, body.length);
    return true;
  },
  samples: [
    sample(
      'CEF:0|Acme|Firewall|1.0|100|Connection denied|8|rt=1714557600123 src=10.0.0.7 dst=10.0.0.8',
      '2024-05-01T10:00:00.123Z',
      'ERROR',
      'Firewall',
      'Connection denied',
    ),
    sample(
      'May  1 10:00:01 fw1 CEF:0|Acme|IDS|2|7|Port scan|5|src=10.0.0.7 msg=many ports',
      '1972-05-01T10:00:01Z',
      'WARN',
      'IDS',
      'Port scan: many ports',
    ),
    sample(
      '<134>May  1 10:00:02 fw1 CEF:1|Acme|Proxy|2|9|Visit|Low|request=http://x/?a\\=b',
      '1972-05-01T10:00:02Z',
      'INFO',
      'Proxy',
      'Visit',
    ),
    sample(
      'CEF:0|Acme|WAF|1|1|pipe \\| inside|Very-High|end=May 01 2024 10:00:03',
      '2024-05-01T10:00:03Z',
      'ERROR',
      'WAF',
      'pipe | inside',
    ),
    sample('CEF:0|Acme|AV|1|1|Clean|1|', null, 'INFO', 'AV', 'Clean'),
  ],
  nearMisses: ['CEF: a format', 'CEF:0|too|few|bars'],
};

/** QRadar's LEEF, alone or behind syslog. */
export const leef: LogFormat = {
  name: 'leef',
  rank: 9,
  first: 'a9<L',
  single: true,
  read(text, lo, hi, draft) {
    const at = text.slice(lo, Math.min(hi, lo + 200)).indexOf('LEEF:');
    if (at < 0) return false;
    const two = text.startsWith('LEEF:2', lo + at);
    const parts = splitBars(text.slice(lo + at, hi), two ? 6 : 5);
    if (parts.length < (two ? 7 : 6) || !/^LEEF:[12]/.test(parts[0]!)) return false;
    relayHeader(text, lo, lo + at, draft);
    const mark = two ? parts[5]! : '';
    const delimiter = /^(?:0x|x)[\da-f]{2}$/i.test(mark)
      ? String.fromCharCode(Number.parseInt(mark.replace(/^0?x/i, ''), 16))
      : mark.length === 1
        ? mark
        : '\t';
    const extension: Record<string, string> = {};
    for (const pair of parts[parts.length - 1]!.split(delimiter)) {
      const equals = pair.indexOf('=');
      if (equals > 0) extension[pair.slice(0, equals).trim()] = pair.slice(equals + 1);
    }
    severityOfTen(extension['sev'] ?? '', draft);
    const time = extension['devTime'];
    if (time !== undefined && draft.readTime(time, 0, time.length) > 0) draft.takeTime();
    draft.service = draft.name(parts[2]!, 0, parts[2]!.length);
    for (const key in extension) draft.set(key, extension[key]!);
    const body = parts[4]!;
    draft.body(body, 0, body.length);
    return true;
  },
  samples: [
    sample('LEEF:1.0|Acme|IDS|4|scan|src=10.0.0.7\tsev=8\tdevTime=2024-05-01T10:00:00Z', '2024-05-01T10:00:00Z', 'ERROR', 'IDS', 'scan'),
    sample('LEEF:2.0|Acme|VPN|1|login|^|usrName=ann^sev=2^devTime=1714557601000', '2024-05-01T10:00:01Z', 'INFO', 'VPN', 'login'),
    sample('May  1 10:00:02 h LEEF:1.0|Acme|AV|4|found|sev=5', '1972-05-01T10:00:02Z', 'WARN', 'AV', 'found'),
    sample('LEEF:2.0|Acme|VPN|1|bye|x09|sev=1\tdevTime=2024-05-01 10:00:03', '2024-05-01T10:00:03Z', 'INFO', 'VPN', 'bye'),
    sample('LEEF:1.0|Acme|FW|4|none|src=10.0.0.7', null, null, 'FW', 'none'),
  ],
  nearMisses: ['LEEF: a format', 'LEEF:1.0|few|bars'],
};

/** Fortinet's key=value lines. */
export const fortinet: LogFormat = {
  name: 'fortinet',
  rank: 9,
  first: 'a9<d',
  single: true,
  read(text, lo, hi, draft) {
    const at = text.slice(lo, Math.min(hi, lo + 160)).search(/\b(?:date=\d{4}-\d\d-\d\d time=\d\d:|logver=\d+ )/);
    if (at < 0) return false;
    const pairs = readPairs(text, lo + at, hi, 0.8);
    if (pairs?.['devname'] === undefined && pairs?.['devid'] === undefined && pairs?.['logid'] === undefined) return false;
    const stamp = `${pairs['date']}T${pairs['time']}${pairs['tz'] ?? ''}`;
    if (draft.readTime(stamp, 0, stamp.length) < 0) return false;
    draft.takeTime();
    const level = String(pairs['level'] ?? pairs['pri'] ?? '');
    if (level === 'information') draft.level('info', 0, 4);
    else draft.level(level, 0, level.length);
    draft.instance = String(pairs['devname'] ?? pairs['devid'] ?? '');
    draft.service = String(pairs['type'] ?? '');
    for (const key in pairs) draft.set(key, pairs[key] as string);
    const body = String(pairs['msg'] ?? pairs['logdesc'] ?? `${pairs['subtype']} ${pairs['action']}`);
    draft.body(body, 0, body.length);
    return true;
  },
  samples: [
    sample(
      'date=2024-05-01 time=10:00:00 devname="fw1" logid="1" type="event" level="warning" msg="link down"',
      '2024-05-01T10:00:00Z',
      'WARN',
      'event',
      'link down',
    ),
    sample(
      '<189>date=2024-05-01 time=10:00:01 devname="fw1" devid="F1" type="traffic" subtype="forward" level="notice" action="deny"',
      '2024-05-01T10:00:01Z',
      'INFO',
      'traffic',
      'forward deny',
    ),
    sample(
      'date=2024-05-01 time=12:00:02 tz="+0200" devname=fw1 logid=2 type=utm level=alert msg="virus found"',
      '2024-05-01T10:00:02Z',
      'ERROR',
      'utm',
      'virus found',
    ),
    sample(
      'date=2024-05-01 time=10:00:03 logid="3" type="event" level="information" logdesc="Admin login"',
      '2024-05-01T10:00:03Z',
      'INFO',
      'event',
      'Admin login',
    ),
    sample(
      'date=2024-05-01 time=10:00:04 devid="F1" type="event" level="error" msg="no route"',
      '2024-05-01T10:00:04Z',
      'ERROR',
      'event',
      'no route',
    ),
  ],
  nearMisses: ['date=2024-05-01 time=10:00:00 level=info msg=x', 'the date=today is fine'],
};

const PALO_LEVELS: Readonly<Record<string, number>> = { informational: 9, low: 9, medium: 13, high: 17, critical: 18 };

/** Palo Alto's CSV: `…,receive time,serial,TYPE,subtype,…`. */
export const paloAlto: LogFormat = {
  name: 'palo-alto',
  rank: 9,
  first: 'a9<',
  single: true,
  read(text, lo, hi, draft) {
    const end = Math.min(hi, lo + 220);
    // the slash behind the year, before the pattern is tried on every line
    let comma = indexWithin(text, ',', lo, end);
    while (comma >= 0 && text.charCodeAt(comma + 5) !== 47) comma = indexWithin(text, ',', comma + 1, end);
    if (comma < 0) return false;
    const found =
      /(?:^|\s)(\d+),(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d),(\w+),(TRAFFIC|THREAT|SYSTEM|CONFIG|URL|GLOBALPROTECT|USERID|HIPMATCH|DECRYPTION),([\w-]*),/.exec(
        text.slice(lo, end),
      );
    if (!found) return false;
    const column = csv(text.slice(lo + found.index, hi));
    relayHeader(text, lo, lo + found.index, draft);
    if (draft.readTime(found[2]!, 0, found[2]!.length) < 0) return false;
    draft.takeTime();
    const level = column.find(word => PALO_LEVELS[word] !== undefined);
    if (level !== undefined) {
      draft.severity = PALO_LEVELS[level]!;
      draft.severityText = level;
    }
    draft.service = draft.name(found[4]!, 0, found[4]!.length);
    draft.set('serial', found[3]!);
    draft.set('subtype', found[5]!);
    const body = column.slice(3).join(',');
    draft.body(body, 0, body.length);
    return true;
  },
  samples: [
    sample(
      '1,2024/05/01 10:00:00,0070,SYSTEM,general,0,2024/05/01 10:00:00,,general,,0,0,general,informational,"Ready, set"',
      '2024-05-01T10:00:00Z',
      'INFO',
      'SYSTEM',
      'SYSTEM,general,0,2024/05/01 10:00:00,,general,,0,0,general,informational,Ready, set',
    ),
    sample(
      '<14>May  1 10:00:01 fw1 1,2024/05/01 10:00:01,0070,TRAFFIC,end,1,x',
      '2024-05-01T10:00:01Z',
      'INFO',
      'TRAFFIC',
      'TRAFFIC,end,1,x',
    ),
    sample(
      'May  1 10:00:02 fw1 1,2024/05/01 10:00:02,0070,THREAT,url,1,critical',
      '2024-05-01T10:00:02Z',
      'ERROR',
      'THREAT',
      'THREAT,url,1,critical',
    ),
    sample('1,2024/05/01 10:00:03,0070,CONFIG,,1,x', '2024-05-01T10:00:03Z', null, 'CONFIG', 'CONFIG,,1,x'),
    sample('1,2024/05/01 10:00:04,0070,THREAT,virus,1,medium', '2024-05-01T10:00:04Z', 'WARN', 'THREAT', 'THREAT,virus,1,medium'),
  ],
  nearMisses: ['1,2024/05/01 10:00:00,0070,OTHER,x,1', 'TRAFFIC,end'],
};

/** Juniper's structured syslog is RFC 5424; this is the plain form with its `TAG:` inside the message. */
export const juniper = layoutFormat({
  name: 'juniper',
  rank: 8,
  first: 'a',
  layouts: [
    '{time} {instance} {service:name}[{pid:int}]: {tag:name}: {message}',
    '{time} {instance} {service:name}: {tag:name}: {message}',
  ],
  check: draft =>
    /^(?:[A-Z][A-Z0-9]+_)+[A-Z0-9_]+$/.test(String(draft.attributes?.['tag'])) &&
    /^(?:RT_|[a-z]+d$|mgd|kmd|rpd|chassisd|snmpd|dcd|cfmd|eventd|sshd|mib2d)/.test(draft.service),
  samples: [
    sample(
      'May  1 10:00:00 r1 rpd[77]: RPD_OSPF_NBRDOWN: neighbor 10.0.0.7 changed',
      '1972-05-01T10:00:00Z',
      null,
      'rpd',
      'neighbor 10.0.0.7 changed',
    ),
    sample('May  1 10:00:01 r1 mgd[9]: UI_COMMIT: User ann commits', '1972-05-01T10:00:01Z', null, 'mgd', 'User ann commits'),
    sample('May  1 10:00:02 r1 chassisd[9]: CHASSISD_FRU_OFFLINE: fan', '1972-05-01T10:00:02Z', null, 'chassisd', 'fan'),
    sample('May  1 10:00:03 r1 RT_FLOW: RT_FLOW_SESSION_DENY: session denied', '1972-05-01T10:00:03Z', null, 'RT_FLOW', 'session denied'),
    sample('May  1 10:00:04 r1 snmpd[9]: SNMPD_AUTH_FAILURE: nope', '1972-05-01T10:00:04Z', null, 'snmpd', 'nope'),
  ],
  nearMisses: ['May  1 10:00:00 r1 rpd[77]: neighbor down', 'May  1 10:00:00 web1 app[77]: Note: x'],
});

/** Priority, stamp and host before `end`, in any of the orders that relays use. */
function relayHeader(text: string, lo: number, end: number, draft: Draft): void {
  let p = lo;
  const priority = /^<(\d{1,3})>/.exec(text.slice(lo, lo + 5));
  if (priority) {
    draft.severity = severityOfSyslog(Number(priority[1]) & 7);
    p += priority[0].length;
  }
  const words: string[] = [];
  while (p < end) {
    const c = text.charCodeAt(p);
    // the clock is not synchronised (*) or was never (.)
    if (c === 32 || c === 58 || c === 42 || c === 46) {
      p++;
      continue;
    }
    const year = /^(\d{4}) (?=[A-Z][a-z]{2} )/.exec(text.slice(p, p + 9));
    if (year) {
      const stamp = /^(\d{4}) ([A-Z][a-z]{2} +\d+) ([\d:.]+)/.exec(text.slice(p, end));
      if (stamp) {
        const turned = `${stamp[2]} ${stamp[1]} ${stamp[3]}`;
        if (draft.readTime(turned, 0, turned.length) > 0) draft.takeTime();
        p += stamp[0].length;
        continue;
      }
    }
    const stop = draft.readTime(text, p, end);
    if (stop > 0) {
      draft.takeTime();
      p = stop;
      continue;
    }
    const from = p;
    while (p < end && text.charCodeAt(p) !== 32) p++;
    words.push(text.slice(from, p).replace(/:$/, ''));
  }
  const host = words.find(word => !/^\d*$/.test(word));
  if (host !== undefined) draft.instance = host;
}

/** `key=value key=value`, where values hold blanks and escaped equals signs; one pass, because lines can be long. */
function cefExtension(text: string): Record<string, string> {
  const extension: Record<string, string> = {};
  let key = '';
  let from = 0;
  for (let p = 0; p <= text.length; p++) {
    if (text.charCodeAt(p) === 92) {
      p++;
      continue;
    }
    if (p < text.length && text.charCodeAt(p) !== 61) continue;
    let start = p;
    if (p < text.length) while (start > from && isKeyPart(text.charCodeAt(start - 1))) start--;
    if (key !== '')
      extension[key] = text
        .slice(from, start)
        .trim()
        .replace(/\\([=\\|])/g, '$1');
    key = text.slice(start, p);
    from = p + 1;
  }
  return extension;
}

function isKeyPart(c: number): boolean {
  return (c >= 48 && c <= 57) || (c >= 65 && c <= 91) || (c >= 97 && c <= 122) || c === 93 || c === 95 || c === 46;
}

/** CEF's scale: 0–3 low, 4–6 medium, 7–8 high, 9–10 very high, or in words. */
function severityOfTen(text: string, draft: Draft): void {
  const number = Number(text);
  if (text === '') return;
  const word = text.toLowerCase();
  if (number >= 0) draft.severity = number <= 3 ? 9 : number <= 6 ? 13 : number <= 8 ? 17 : 18;
  else if (word === 'low' || word === 'unknown') draft.severity = 9;
  else if (word === 'medium') draft.severity = 13;
  else if (word === 'high' || word === 'very-high') draft.severity = 17;
  draft.severityText = text;
}

/** Parts between unescaped bars; at most `most` bars are honoured. */
function splitBars(text: string, most: number): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let p = 0; p < text.length && parts.length < most; p++) {
    if (text.charCodeAt(p) === 92) p++;
    else if (text.charCodeAt(p) === 124) {
      parts.push(text.slice(from, p).replace(/\\([|\\])/g, '$1'));
      from = p + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

/** Columns of one CSV line. */
export function csv(line: string): string[] {
  const columns: string[] = [];
  let p = 0;
  while (p <= line.length) {
    if (line.charCodeAt(p) === 34) {
      let value = '';
      p++;
      while (p < line.length) {
        if (line.charCodeAt(p) === 34) {
          if (line.charCodeAt(p + 1) !== 34) break;
          p++;
        }
        value += line[p++];
      }
      columns.push(value);
      p = line.indexOf(',', p) + 1;
      if (p === 0) break;
    } else {
      const comma = line.indexOf(',', p);
      columns.push(line.slice(p, comma < 0 ? line.length : comma));
      if (comma < 0) break;
      p = comma + 1;
    }
  }
  return columns;
}
