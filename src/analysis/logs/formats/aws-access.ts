import type { Draft } from '../draft.ts';
import { type LogFormat, sample } from '../format.ts';
import { indexWithin } from '../index-within.ts';
import { setStatus } from './web.ts';

/** Words and quoted texts of a line, as all load balancers and S3 write them. */
function words(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|\[([^\]]*)\]|(\S+)/g)].map(match => match[1] ?? match[2] ?? match[3] ?? '');
}

/** Application and network load balancers. */
export const alb: LogFormat = {
  name: 'aws-alb',
  rank: 9,
  first: 'a',
  single: true,
  read(text, lo, hi, draft) {
    const found = /^(https?|h2|grpcs?|wss?) (\S+Z) (\S+) /.exec(text.slice(lo, Math.min(hi, lo + 200)));
    if (!found) return false;
    const column = words(text.slice(lo, hi));
    if (column.length < 16 || !stamp(column[1]!, draft)) return false;
    draft.service = draft.name(
      column[2]!.replace(/^(?:app|net)\/([^/]+)\/.*$/, '$1'),
      0,
      column[2]!.replace(/^(?:app|net)\/([^/]+)\/.*$/, '$1').length,
    );
    draft.set('client.address', column[3]!);
    draft.set('target', column[4]!);
    for (const [name, at] of [
      ['request_processing_time', 5],
      ['target_processing_time', 6],
      ['response_processing_time', 7],
    ] as const)
      draft.set(name, Number(column[at]));
    setStatus(draft, Number(column[8]));
    draft.set('target_status_code', column[9]!);
    const trace = column.find(word => word.startsWith('Root=')) ?? '';
    draft.traceId = /Root=([\w-]+)/.exec(trace)?.[1] ?? '';
    const body = `${column[12]} ${column[8]}`;
    draft.body(body, 0, body.length);
    return true;
  },
  samples: (
    [
      ['200', 'INFO'],
      ['502', 'ERROR'],
      ['404', 'WARN'],
      ['301', 'INFO'],
      ['504', 'ERROR'],
    ] as const
  ).map(([status, level], i) =>
    sample(
      `https 2024-05-01T10:00:0${i}.123456Z app/shop/50dc6c495c0c9188 10.0.0.7:2817 10.0.1.9:80 0.001 0.120 0.000 ${status} ${status} 34 366 "GET https://shop.example:443/cart HTTP/2.0" "curl/8" ECDHE TLSv1.2 arn:aws:x "Root=1-66321a60-0123456789abcdef01234567" "shop.example" "arn:y" 0 2024-05-01T10:00:00.000000Z "forward" "-" "-"`,
      `2024-05-01T10:00:0${i}.123Z`,
      level,
      'shop',
      `GET https://shop.example:443/cart HTTP/2.0 ${status}`,
    ),
  ),
  nearMisses: ['https 2024-05-01T10:00:00Z app/shop/1 only a few words', 'http is fine'],
};

/** Classic load balancer. */
export const elb: LogFormat = {
  name: 'aws-elb',
  rank: 9,
  first: '9',
  single: true,
  read(text, lo, hi, draft) {
    const end = draft.readTime(text, lo, hi);
    if (end < lo + 20 || text.charCodeAt(end - 1) !== 90) return false;
    const found = /^ ([\w-]+) (\S+:\d+) (\S+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (\d{3}|-) (\d{3}|-) (\d+) (\d+) "([^"]*)"/.exec(
      text.slice(end, hi),
    );
    if (!found) return false;
    draft.takeTime();
    draft.service = draft.name(found[1]!, 0, found[1]!.length);
    draft.set('client.address', found[2]!);
    draft.set('target', found[3]!);
    draft.set('target_processing_time', Number(found[5]));
    setStatus(draft, Number(found[7]));
    const body = `${found[11]} ${found[7]}`;
    draft.body(body, 0, body.length);
    return true;
  },
  samples: (
    [
      ['200', 'INFO'],
      ['503', 'ERROR'],
      ['400', 'WARN'],
      ['200', 'INFO'],
      ['504', 'ERROR'],
    ] as const
  ).map(([status, level], i) =>
    sample(
      `2024-05-01T10:00:0${i}.123456Z shop-lb 10.0.0.7:2817 10.0.1.9:80 0.000073 0.001048 0.000057 ${status} ${status} 0 29 "GET http://shop.example:80/ HTTP/1.1" "curl/8" - -`,
      `2024-05-01T10:00:0${i}.123Z`,
      level,
      'shop-lb',
      `GET http://shop.example:80/ HTTP/1.1 ${status}`,
    ),
  ),
  nearMisses: ['2024-05-01T10:00:00.123456Z shop-lb started', '2024-05-01 10:00:00 shop-lb 10.0.0.7:1 10.0.0.8:1 0 0 0 200 200 0 29 "x"'],
};

/** S3 server access log. */
export const s3Access: LogFormat = {
  name: 'aws-s3-access',
  rank: 9,
  first: 'a9',
  single: true,
  read(text, lo, hi, draft) {
    const open = indexWithin(text, ' [', lo, Math.min(hi, lo + 162));
    if (open < 0) return false;
    const end = draft.readTime(text, open + 2, hi);
    if (end < 0 || text.charCodeAt(end) !== 93) return false;
    const before = text.slice(lo, open).split(' ');
    const column = words(text.slice(end + 2, hi));
    if (before.length !== 2 || column.length < 10 || !/^[A-Z]+\.[A-Z.]+$/i.test(column[3] ?? '')) return false;
    draft.takeTime();
    draft.service = draft.name(before[1]!, 0, before[1]!.length);
    draft.set('client.address', column[0]!);
    draft.set('operation', column[3]!);
    draft.set('key', column[4]!);
    setStatus(draft, Number(column[6]));
    if (column[7] !== '-') draft.set('error', column[7]!);
    const body = `${column[5]} ${column[6]}`;
    draft.body(body, 0, body.length);
    return true;
  },
  samples: (
    [
      ['200', 'INFO'],
      ['404', 'WARN'],
      ['500', 'ERROR'],
      ['206', 'INFO'],
      ['403', 'WARN'],
    ] as const
  ).map(([status, level], i) =>
    sample(
      `79a59df900b949e5 shop-files [01/May/2024:10:00:0${i} +0000] 10.0.0.7 arn:aws:iam::1:user/x 7F3B REST.GET.OBJECT a.png "GET /shop-files/a.png HTTP/1.1" ${status} - 113 113 7 6 "-" "S3Console/0.4" -`,
      `2024-05-01T10:00:0${i}Z`,
      level,
      'shop-files',
      `GET /shop-files/a.png HTTP/1.1 ${status}`,
    ),
  ),
  nearMisses: [
    '79a59d shop-files [01/May/2024:10:00:00 +0000] was opened',
    'a b c [01/May/2024:10:00:00 +0000] 10.0.0.7 x y REST.GET.OBJECT',
  ],
};

/** CloudFront's standard log: tabs, date and time in two columns. */
export const cloudfront: LogFormat = {
  name: 'aws-cloudfront',
  rank: 9,
  first: '9',
  single: true,
  read(text, lo, hi, draft) {
    if (text.charCodeAt(lo + 10) !== 9 || text.charCodeAt(lo + 19) !== 9) return false;
    const column = text.slice(lo, hi).split('\t');
    if (column.length < 12 || !stamp(`${column[0]}T${column[1]}Z`, draft)) return false;
    draft.service = draft.name(column[6]!, 0, column[6]!.length);
    draft.set('edge', column[2]!);
    draft.set('client.address', column[4]!);
    setStatus(draft, Number(column[8]));
    if (column[13]) draft.set('cache', column[13]);
    const body = `${column[5]} ${column[7]} ${column[8]}`;
    draft.body(body, 0, body.length);
    return true;
  },
  samples: (
    [
      ['200', 'INFO'],
      ['502', 'ERROR'],
      ['404', 'WARN'],
      ['304', 'INFO'],
      ['403', 'WARN'],
    ] as const
  ).map(([status, level], i) =>
    sample(
      `2024-05-01\t10:00:0${i}\tFRA56-P3\t512\t10.0.0.7\tGET\td111.cloudfront.net\t/cart\t${status}\t-\tcurl/8\t-\t-\tHit\tid7`,
      `2024-05-01T10:00:0${i}Z`,
      level,
      'd111.cloudfront.net',
      `GET /cart ${status}`,
    ),
  ),
  nearMisses: ['2024-05-01\t10:00:00\tFRA56\tonly four', '2024-05-01 10:00:00\tx'],
};

/** VPC flow log in its default form of version 2: fourteen columns, of which the eleventh and twelfth are start and end. */
export const vpcFlow: LogFormat = {
  name: 'aws-vpc-flow',
  rank: 9,
  first: '9',
  single: true,
  read(text, lo, hi, draft) {
    const c = text.charCodeAt(lo);
    if (c < 50 || c > 57 || text.charCodeAt(lo + 1) !== 32) return false;
    const found =
      /^(\d) (\d{12}|unknown) (eni-\w+) (\S+) (\S+) (\S+) (\S+) (\S+) (\S+) (\S+) (\d{10}) (\d{10}) (ACCEPT|REJECT|-) (OK|NODATA|SKIPDATA)/.exec(
        text.slice(lo, hi),
      );
    if (!found || !stamp(found[12]!, draft)) return false;
    draft.instance = draft.name(found[3]!, 0, found[3]!.length);
    draft.severity = found[13] === 'REJECT' ? 13 : 9;
    draft.set('source.address', found[4]!);
    draft.set('destination.address', found[5]!);
    draft.set('destination.port', found[7]!);
    draft.set('bytes', found[10]!);
    draft.set('start', Number(found[11]) * 1000);
    const body = `${found[13]} ${found[4]}:${found[6]} ${found[5]}:${found[7]} protocol ${found[8]}`;
    draft.body(body, 0, body.length);
    return true;
  },
  samples: [
    sample(
      '2 123456789012 eni-0a1b 10.0.0.7 10.0.0.8 49761 443 6 20 4249 1714557540 1714557600 ACCEPT OK',
      '2024-05-01T10:00:00Z',
      'INFO',
      null,
      'ACCEPT 10.0.0.7:49761 10.0.0.8:443 protocol 6',
    ),
    sample(
      '2 123456789012 eni-0a1b 10.0.0.7 10.0.0.8 49761 22 6 1 40 1714557541 1714557601 REJECT OK',
      '2024-05-01T10:00:01Z',
      'WARN',
      null,
      'REJECT 10.0.0.7:49761 10.0.0.8:22 protocol 6',
    ),
    sample(
      '2 123456789012 eni-0a1b - - - - - - - 1714557542 1714557602 - NODATA',
      '2024-05-01T10:00:02Z',
      'INFO',
      null,
      '- -:- -:- protocol -',
    ),
    sample(
      '2 unknown eni-0a1c ::1 ::2 1 2 17 1 40 1714557543 1714557603 ACCEPT OK',
      '2024-05-01T10:00:03Z',
      'INFO',
      null,
      'ACCEPT ::1:1 ::2:2 protocol 17',
    ),
    sample(
      '2 123456789012 eni-0a1d 10.0.0.7 10.0.0.8 0 0 1 4 336 1714557544 1714557604 ACCEPT OK',
      '2024-05-01T10:00:04Z',
      'INFO',
      null,
      'ACCEPT 10.0.0.7:0 10.0.0.8:0 protocol 1',
    ),
  ],
  nearMisses: ['2 files eni-0a1b were copied', '2 123456789012 eni-0a1b 10.0.0.7 ACCEPT OK'],
};

function stamp(text: string, draft: Draft): boolean {
  if (draft.readTime(text, 0, text.length) !== text.length) return false;
  draft.takeTime();
  return true;
}
