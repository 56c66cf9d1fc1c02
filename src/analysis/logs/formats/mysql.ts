import { type LogFormat, layoutFormat, sample } from '../format.ts';

/** MySQL and MariaDB error logs of all ages. */
export const mysqlError = layoutFormat({
  name: 'mysql-error',
  rank: 7,
  first: '9',
  layouts: [
    '{time} {thread:int} [{level}] [{code:name}] [{subsystem:name}] {message}',
    '{time} {thread:int} [{level}] {message}',
    '{time} [{level}] {message}',
  ],
  check: (draft, text, lo) => {
    // of the forms without a thread only the two-digit year is MySQL's
    if (draft.attributes?.['thread'] === undefined && (text.charCodeAt(lo + 6) !== 32 || text.charCodeAt(lo + 4) < 48)) return false;
    // "System" is a priority of its own and is read as information
    return true;
  },
  samples: [
    sample(
      '2024-05-01T10:00:00.123456Z 0 [Warning] [MY-010068] [Server] CA certificate is self signed.',
      '2024-05-01T10:00:00.123Z',
      'WARN',
      null,
      'CA certificate is self signed.',
    ),
    sample(
      '2024-05-01T10:00:01.123456Z 17 [ERROR] [MY-013183] [InnoDB] Assertion failure',
      '2024-05-01T10:00:01.123Z',
      'ERROR',
      null,
      'Assertion failure',
    ),
    sample('2024-05-01 10:00:02 0 [Note] InnoDB: ready', '2024-05-01T10:00:02Z', 'INFO', null, 'InnoDB: ready'),
    sample('240501 10:00:03 [ERROR] Aborting', '2024-05-01T10:00:03Z', 'ERROR', null, 'Aborting'),
    sample('2024-05-01 10:00:04 140 [Warning] Aborted connection 7', '2024-05-01T10:00:04Z', 'WARN', null, 'Aborted connection 7'),
  ],
  nearMisses: ['2024-05-01 10:00:00 [ERROR] text', '2024-05-01T10:00:00Z 0 plain text'],
});

/** MySQL's general log: tabs, a connection, a command. */
export const mysqlGeneral = layoutFormat({
  name: 'mysql-general',
  rank: 8,
  first: '9',
  layouts: [
    '{time}{_}{connection:int} {command} {message}',
    '{time}{_}{connection:int} Init DB {message}',
    '{time}{_}{connection:int} {command}',
  ],
  check: draft =>
    /^(?:Query|Connect|Quit|Execute|Prepare|Init|Field|Statistics|Close|Ping|Binlog|Reset|Change|Refresh)$/.test(
      String(draft.attributes?.['command']),
    ),
  samples: [
    sample('2024-05-01T10:00:00.123456Z\t   12 Query\tSELECT 1', '2024-05-01T10:00:00.123Z', null, null, 'SELECT 1'),
    sample(
      '2024-05-01T10:00:01.123456Z\t   12 Connect\tshop@10.0.0.7 on orders',
      '2024-05-01T10:00:01.123Z',
      null,
      null,
      'shop@10.0.0.7 on orders',
    ),
    sample('240501 10:00:02\t   12 Query\tCOMMIT', '2024-05-01T10:00:02Z', null, null, 'COMMIT'),
    sample('2024-05-01T10:00:03.123456Z\t    9 Quit\t', '2024-05-01T10:00:03.123Z', null, null, ''),
    sample('2024-05-01T10:00:04.123456Z\t    9 Execute\tUPDATE t SET a = 7', '2024-05-01T10:00:04.123Z', null, null, 'UPDATE t SET a = 7'),
  ],
  nearMisses: ['2024-05-01T10:00:00Z 12 Queries ran', '2024-05-01T10:00:00Z\tQuery\tSELECT 1'],
});

/** MySQL's slow log: a record begins with `# Time:` (or `# User@Host:` where it is left out), the statement follows in further lines. */
export const mysqlSlow: LogFormat = {
  name: 'mysql-slow',
  rank: 9,
  first: '#',
  read(text, lo, hi, draft) {
    if (text.startsWith('# Time: ', lo)) {
      if (draft.readTime(text, lo + 8, hi) < 0) return false;
      draft.takeTime();
    } else if (!text.startsWith('# User@Host: ', lo)) return false;
    draft.severity = 13;
    draft.body(text, lo, hi);
    return true;
  },
  samples: [
    sample('# Time: 2024-05-01T10:00:00.123456Z', '2024-05-01T10:00:00.123Z', 'WARN', null, '# Time: 2024-05-01T10:00:00.123456Z'),
    sample('# Time: 240501 10:00:01', '2024-05-01T10:00:01Z', 'WARN', null, '# Time: 240501 10:00:01'),
    sample('# Time: 240501  9:00:02', '2024-05-01T09:00:02Z', 'WARN', null, '# Time: 240501  9:00:02'),
    sample('# User@Host: shop[shop] @ app1 [10.0.0.7]  Id: 7', null, 'WARN', null, '# User@Host: shop[shop] @ app1 [10.0.0.7]  Id: 7'),
    sample('# Time: 2024-05-01T12:00:03.5+02:00', '2024-05-01T10:00:03.500Z', 'WARN', null, '# Time: 2024-05-01T12:00:03.5+02:00'),
  ],
  nearMisses: ['# Time: soon', '# User: shop'],
};
