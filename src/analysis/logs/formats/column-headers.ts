import type { Draft } from '../draft.ts';
import { type LogFormat, sample } from '../format.ts';
import { setStatus } from './web.ts';

const IIS =
  'date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken'.split(
    ' ',
  );

/** W3C extended log files (IIS and others): `#Fields:` gives the columns; without it the usual ones of IIS are taken. Times are UTC by definition. */
export const w3c: LogFormat = {
  name: 'w3c',
  rank: 8,
  first: '9#',
  single: true,
  read(text, lo, hi, draft) {
    if (text.charCodeAt(lo) === 35) {
      const found = /^#(Fields|Software|Version|Date|Remark|Start-Date|End-Date): ?(.*)$/.exec(text.slice(lo, hi));
      if (!found) return false;
      if (found[1] === 'Fields') draft.columns = found[2]!.trim().split(/\s+/);
      draft.body(text, lo, hi);
      return true;
    }
    const given = draft.columns?.includes('time') ? draft.columns : undefined;
    const columns = given ?? IIS;
    const date = columns.indexOf('date');
    const time = columns.indexOf('time');
    const values = text.slice(lo, hi).split(' ');
    if (values.length !== columns.length && !(given === undefined && values.length === columns.length - 1)) return false;
    if (!/^\d\d:\d\d:\d\d$/.test(values[time]!)) return false;
    // without its header only a line with an address, a method and a status is believed
    if (given === undefined && !(/^[\d.:a-f]+$/i.test(values[2]!) && /^[A-Z]+$/.test(values[3]!) && /^\d{3}$/.test(values[11]!)))
      return false;
    const stamp = `${date < 0 ? '' : `${values[date]}T`}${values[time]}Z`;
    if (draft.readTime(stamp, 0, stamp.length) !== stamp.length) return false;
    draft.takeTime();
    const of = (name: string): string => values[columns.indexOf(name)] ?? '-';
    for (let i = 0; i < columns.length; i++)
      if (i !== date && i !== time && values[i] !== '-' && values[i] !== undefined) draft.set(columns[i]!, values[i]!.replaceAll('+', ' '));
    setStatus(draft, Number(of('sc-status')));
    const site = of('s-sitename') === '-' ? of('cs-host') : of('s-sitename');
    if (site !== '-') draft.service = draft.name(site, 0, site.length);
    const parts = [of('cs-method'), of('cs-uri-stem') === '-' ? of('cs-uri') : of('cs-uri-stem'), of('sc-status')].filter(
      part => part !== '-',
    );
    const body = parts.length > 0 ? parts.join(' ') : values.filter((_, i) => i !== date && i !== time).join(' ');
    draft.body(body, 0, body.length);
    return true;
  },
  samples: [
    sample(
      '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken',
      null,
      null,
      null,
      '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken',
    ),
    sample(
      '2024-05-01 10:00:01 10.0.0.1 GET /cart - 443 - 10.0.0.7 curl/8 - 200 0 0 12',
      '2024-05-01T10:00:01Z',
      'INFO',
      null,
      'GET /cart 200',
    ),
    sample(
      '2024-05-01 10:00:02 10.0.0.1 POST /pay - 443 ann 10.0.0.7 Mozilla/5.0+(X) - 500 0 64 900',
      '2024-05-01T10:00:02Z',
      'ERROR',
      null,
      'POST /pay 500',
    ),
    sample('2024-05-01 10:00:03 10.0.0.1 GET /x a=1 443 - 10.0.0.7 curl/8 - 404 0 2 3', '2024-05-01T10:00:03Z', 'WARN', null, 'GET /x 404'),
    sample(
      '#Software: Microsoft Internet Information Services 10.0',
      null,
      null,
      null,
      '#Software: Microsoft Internet Information Services 10.0',
    ),
  ],
  nearMisses: ['2024-05-01 10:00:01 10.0.0.1 GET too few columns', '# Fields of corn'],
};

/** Zeek (Bro): tab-separated, `#fields` gives the columns. */
export const zeek: LogFormat = {
  name: 'zeek',
  rank: 9,
  first: '9#',
  single: true,
  read(text, lo, hi, draft) {
    if (text.charCodeAt(lo) === 35) {
      const found = /^#(fields|separator|set_separator|empty_field|unset_field|path|open|close|types)[\t ](.*)$/.exec(text.slice(lo, hi));
      if (!found) return false;
      if (found[1] === 'fields') draft.columns = found[2]!.split('\t');
      draft.body(text, lo, hi);
      return true;
    }
    const end = draft.readTime(text, lo, hi);
    if (end < lo + 12 || text.charCodeAt(lo + 10) !== 46 || text.charCodeAt(end) !== 9) return false;
    const values = text.slice(lo, hi).split('\t');
    if (values.length < 6) return false;
    draft.takeTime();
    readColumns(values, draft);
    const body = values.slice(1).join('\t');
    draft.body(body, 0, body.length);
    return true;
  },
  samples: [
    sample(
      '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto',
      null,
      null,
      null,
      '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto',
    ),
    sample(
      '1714557601.123456\tCabc\t10.0.0.7\t4711\t10.0.0.8\t53\tudp',
      '2024-05-01T10:00:01.123Z',
      null,
      null,
      'Cabc\t10.0.0.7\t4711\t10.0.0.8\t53\tudp',
    ),
    sample(
      '1714557602.000000\tCabd\t10.0.0.7\t4712\t10.0.0.8\t443\ttcp\tssl\t1.5',
      '2024-05-01T10:00:02Z',
      null,
      null,
      'Cabd\t10.0.0.7\t4712\t10.0.0.8\t443\ttcp\tssl\t1.5',
    ),
    sample('1714557603.5\tCabe\t::1\t1\t::2\t2\ticmp', '2024-05-01T10:00:03.500Z', null, null, 'Cabe\t::1\t1\t::2\t2\ticmp'),
    sample('#path\tconn', null, null, null, '#path\tconn'),
  ],
  nearMisses: ['1714557601.123456 a b c', '#field of dreams'],
};

function readColumns(values: readonly string[], draft: Draft): void {
  const columns = draft.columns;
  if (columns === undefined || columns.length !== values.length) return;
  for (let i = 1; i < columns.length; i++) if (values[i] !== '-') draft.set(columns[i]!, values[i]!);
}
