import { layoutFormat, sample } from '../format.ts';

/** PostgreSQL's stderr log with the usual prefixes; DETAIL, HINT and STATEMENT lines are records of their own, as they are in the file. */
export const postgresql = layoutFormat({
  name: 'postgresql',
  rank: 7,
  first: '9',
  layouts: [
    '{time} [{pid}] {user}@{database} {level}:  {message}',
    '{time} [{pid}] {level}:  {message}',
    '{time} [{pid}]: [{row}] {?user={user},db={database}{?,app={app}?}{?,client={client}?} ?}{level}:  {message}',
    '{time}:{client:until}:{user}@{database}:[{pid}]:{level}:  {message}',
    '{time} {level}:  {message}',
  ],
  samples: [
    sample(
      '2024-05-01 10:00:00.123 UTC [17] LOG:  database system is ready',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      null,
      'database system is ready',
    ),
    sample(
      '2024-05-01 10:00:01.123 CEST [17] shop@orders ERROR:  deadlock detected',
      '2024-05-01T08:00:01.123Z',
      'ERROR',
      null,
      'deadlock detected',
    ),
    sample(
      '2024-05-01 10:00:02 UTC [17]: [3-1] user=shop,db=orders FATAL:  too many connections',
      '2024-05-01T10:00:02Z',
      'ERROR',
      null,
      'too many connections',
    ),
    sample(
      '2024-05-01 10:00:03 UTC:10.0.0.7(4711):shop@orders:[17]:WARNING:  no transaction',
      '2024-05-01T10:00:03Z',
      'WARN',
      null,
      'no transaction',
    ),
    sample('2024-05-01 10:00:04.123 UTC [17] shop@orders STATEMENT:  SELECT 1', '2024-05-01T10:00:04.123Z', 'INFO', null, 'SELECT 1'),
  ],
  nearMisses: ['2024-05-01 10:00:00.123 UTC [17] LOG database', '2024-05-01 10:00:00 shop@orders done:  yes'],
});

const REDIS: Readonly<Record<string, number>> = { '.': 5, '-': 1, '*': 10, '#': 13 };

/** Redis and Valkey: `pid:role time mark message`. */
export const redis = layoutFormat({
  name: 'redis',
  rank: 8,
  first: '9[',
  layouts: ['{pid:int}:{role:name} {time} {*mark} {message}', '[{pid:int}] {time} {*mark} {message}'],
  check: draft => {
    const mark = draft.scratch;
    if (REDIS[mark] === undefined) return false;
    draft.severity = REDIS[mark]!;
    draft.severityText = mark;
    return true;
  },
  samples: [
    sample(
      '17:M 01 May 2024 10:00:00.123 * Ready to accept connections',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      null,
      'Ready to accept connections',
    ),
    sample('17:M 01 May 2024 10:00:01.123 # Server initialized', '2024-05-01T10:00:01.123Z', 'WARN', null, 'Server initialized'),
    sample('17:S 01 May 2024 10:00:02.123 - Accepted 10.0.0.7:1', '2024-05-01T10:00:02.123Z', 'DEBUG', null, 'Accepted 10.0.0.7:1'),
    sample('17:C 01 May 2024 10:00:03.123 . debug', '2024-05-01T10:00:03.123Z', 'DEBUG', null, 'debug'),
    sample('17:X 01 May 2024 10:00:04.123 # +sdown master', '2024-05-01T10:00:04.123Z', 'WARN', null, '+sdown master'),
  ],
  nearMisses: ['17:M 01 May 2024 10:00:00.123 Ready', '17 01 May 2024 10:00:00 * x'],
});

/** Microsoft SQL Server's error log. */
export const mssql = layoutFormat({
  name: 'mssql',
  rank: 7,
  first: '9',
  layouts: ['{time} {session} {message}'],
  check: (draft, text, lo) => {
    if (
      !/^(?:spid\d+s?|Logon|Server|Backup)$/.test(String(draft.attributes?.['session'])) ||
      !/^\S+ \S+ \w+ {2,}/.test(text.slice(lo, lo + 60))
    )
      return false;
    const severity = Number(/^Error: \d+, Severity: (\d+)/.exec(draft.text.slice(draft.lo, draft.lo + 60))?.[1] ?? Number.NaN);
    if (severity >= 0) draft.severity = severity >= 20 ? 21 : severity >= 11 ? 17 : 9;
    return true;
  },
  samples: [
    sample(
      '2024-05-01 10:00:00.12 spid52      Error: 18456, Severity: 14, State: 8.',
      '2024-05-01T10:00:00.120Z',
      'ERROR',
      null,
      'Error: 18456, Severity: 14, State: 8.',
    ),
    sample(
      "2024-05-01 10:00:01.12 Logon       Login failed for user 'sa'.",
      '2024-05-01T10:00:01.120Z',
      null,
      null,
      "Login failed for user 'sa'.",
    ),
    sample('2024-05-01 10:00:02.12 Server      SQL Server is starting', '2024-05-01T10:00:02.120Z', null, null, 'SQL Server is starting'),
    sample('2024-05-01 10:00:03.12 spid7s      Recovery is complete.', '2024-05-01T10:00:03.120Z', null, null, 'Recovery is complete.'),
    sample('2024-05-01 10:00:04.12 Backup      Database backed up.', '2024-05-01T10:00:04.120Z', null, null, 'Database backed up.'),
  ],
  nearMisses: ['2024-05-01 10:00:00.12 Server started', '2024-05-01 10:00:00.12 spid      x'],
});
