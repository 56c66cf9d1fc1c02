import type { Draft } from '../draft.ts';
import { type LogFormat, sample } from '../format.ts';
import { csv } from './network-devices.ts';

const LEVELS: Readonly<Record<string, number>> = { '1': 18, '2': 17, '3': 13, '4': 9, '5': 1, '0': 9 };

/** Windows events as XML, one event a line (or beginning on one: what follows is joined to it). */
export const windowsXml: LogFormat = {
  name: 'windows-xml',
  rank: 9,
  first: '<',
  read(text, lo, hi, draft) {
    if (!text.startsWith('<Event ', lo) && !text.startsWith('<Event>', lo)) return false;
    const line = text.slice(lo, hi);
    const time = /<TimeCreated SystemTime=['"]([^'"]+)['"]/.exec(line)?.[1];
    if (time === undefined || draft.readTime(time, 0, time.length) < 0) return false;
    draft.takeTime();
    const level = /<Level>(\d)<\/Level>/.exec(line)?.[1] ?? '';
    draft.severity = LEVELS[level] ?? 0;
    draft.severityText = level;
    const provider = /<Provider Name=['"]([^'"]+)['"]/.exec(line)?.[1] ?? '';
    draft.service = draft.name(provider, 0, provider.length);
    const computer = /<Computer>([^<]*)<\/Computer>/.exec(line)?.[1] ?? '';
    draft.instance = draft.name(computer, 0, computer.length);
    const id = /<EventID[^>]*>(\d+)<\/EventID>/.exec(line)?.[1];
    if (id !== undefined) draft.set('event.id', Number(id));
    const data: string[] = [];
    for (const [, name, value] of line.matchAll(/<Data(?: Name=['"]([^'"]*)['"])?>([^<]*)<\/Data>/g)) {
      data.push(unescaped(value!));
      if (name) draft.set(name, unescaped(value!));
    }
    const said = /<Message>([\s\S]*?)<\/Message>/.exec(line)?.[1];
    const body = said === undefined ? `event ${id ?? ''} ${data.join(' ')}`.trim() : unescaped(said);
    draft.body(body, 0, body.length);
    return true;
  },
  samples: (
    [
      ['2', 'ERROR'],
      ['3', 'WARN'],
      ['4', 'INFO'],
      ['1', 'ERROR'],
      ['5', 'DEBUG'],
    ] as const
  ).map(([number, level], i) =>
    sample(
      `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Disk"/><EventID>${i + 7}</EventID><Level>${number}</Level><TimeCreated SystemTime="2024-05-01T10:00:0${i}.1234567Z"/><Computer>pc1</Computer></System><EventData><Data Name="Device">\\Device\\Harddisk0 &amp; more</Data></EventData></Event>`,
      `2024-05-01T10:00:0${i}.123Z`,
      level,
      'Disk',
      `event ${i + 7} \\Device\\Harddisk0 & more`,
    ),
  ),
  nearMisses: ['<Event>no time</Event>', '<Events><Event/></Events>'],
};

/** Windows events as the event viewer's CSV; its header line gives the columns. */
export const windowsCsv: LogFormat = {
  name: 'windows-csv',
  rank: 9,
  first: 'a"9',
  read(text, lo, hi, draft) {
    const line = text.slice(lo, Math.min(hi, lo + 20_000));
    const quick = line.slice(0, 12);
    if (/^"?(?:Level|Index|TimeCreated|Keywords|Date|Message),?/.test(quick) && /TimeCreated|Date and Time/.test(line.slice(0, 300))) {
      draft.columns = csv(line);
      draft.body(text, lo, hi);
      draft.set('header', true);
      return true;
    }
    const at = COMMA_LEVEL.exec(quick + line.slice(12, 60));
    if (!at && draft.columns === undefined) return false;
    const given = draft.columns?.some(name => name === 'TimeCreated' || name === 'Date and Time') ? draft.columns : undefined;
    if (!at && given === undefined) return false;
    const columns = given ?? ['Level', 'Date and Time', 'Source', 'Event ID', 'Task Category'];
    const values = csv(line);
    if (values.length < Math.min(5, columns.length)) return false;
    return readRow(columns, values, draft);
  },
  samples: [
    sample(
      'Error,5/1/2024 10:00:00 AM,Disk,7,None,"The device, \\Device\\Harddisk0, has a bad block."',
      '2024-05-01T10:00:00Z',
      'ERROR',
      'Disk',
      'The device, \\Device\\Harddisk0, has a bad block.',
    ),
    sample('Warning,5/1/2024 1:00:01 PM,W32Time,50,None,drift', '2024-05-01T13:00:01Z', 'WARN', 'W32Time', 'drift'),
    sample(
      'Information,5/1/2024 12:00:02 AM,Service Control Manager,7036,None,entered the running state.',
      '2024-05-01T00:00:02Z',
      'INFO',
      'Service Control Manager',
      'entered the running state.',
    ),
    sample('Critical,5/1/2024 10:00:03 AM,Kernel-Power,41,(63),rebooted', '2024-05-01T10:00:03Z', 'ERROR', 'Kernel-Power', 'rebooted'),
    sample('Error,5/1/2024 10:00:04 AM,App,1000,None,"said ""no"""', '2024-05-01T10:00:04Z', 'ERROR', 'App', 'said "no"'),
  ],
  nearMisses: ['Error,something,else', 'Information, as of 5/1/2024'],
};

const COMMA_LEVEL = /^(?:Critical|Error|Warning|Information|Verbose|Audit Success|Audit Failure),\d{1,2}\/\d{1,2}\/\d{4} /;

function readRow(columns: readonly string[], values: readonly string[], draft: Draft): boolean {
  const of = (...names: string[]): string => {
    for (const name of names) {
      const at = columns.indexOf(name);
      if (at >= 0) return values[at] ?? '';
    }
    return '';
  };
  const time = of('TimeCreated', 'Date and Time');
  if (draft.readTime(time, 0, time.length) !== time.length) return false;
  draft.takeTime();
  const level = of('LevelDisplayName', 'Level', 'EntryType', 'Keywords')
    .replace('Audit Success', 'Information')
    .replace('Audit Failure', 'Warning');
  if (!draft.level(level, 0, level.length)) draft.severity = LEVELS[level] ?? 0;
  draft.service = of('ProviderName', 'Source');
  draft.instance = of('MachineName', 'Computer');
  const id = of('Id', 'Event ID', 'EventID');
  if (id !== '') draft.set('event.id', Number(id));
  const body =
    of('Message') || values.slice(columns.includes('Task Category') ? 5 : columns.length).join(',') || (values[columns.length] ?? '');
  draft.body(body, 0, body.length);
  return true;
}

function unescaped(text: string): string {
  return text.replace(
    /&(lt|gt|amp|quot|apos|#13|#10|#xD|#xA);/g,
    (_, name: string) => ({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" })[name] ?? '',
  );
}
