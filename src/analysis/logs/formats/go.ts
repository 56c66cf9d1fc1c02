import { layoutFormat, sample } from '../format.ts';
import { NO_ZONE } from '../timestamps.ts';

/** Go's standard logger; it has no level. */
export const goLog = layoutFormat({
  name: 'go-log',
  rank: 4,
  first: '9',
  layouts: ['{time} [{level}] {message}', '{time} {file:name}:{line:int}: {message}', '{time} {message}'],
  check: (draft, text, lo) => {
    // only the slashed date with a four-digit year is Go's
    if (draft.timeFlags !== NO_ZONE || text.charCodeAt(lo + 4) !== 47) return false;
    const file = draft.attributes?.['file'];
    return file === undefined || String(file).endsWith('.go');
  },
  samples: [
    sample('2024/05/01 10:00:01 [WARN] agent: slow', '2024-05-01T10:00:01Z', 'WARN', null, 'agent: slow'),
    sample('2024/05/01 10:00:00 listening on :8080', '2024-05-01T10:00:00Z', null, null, 'listening on :8080'),
    sample('2024/05/01 10:00:00.123456 request done', '2024-05-01T10:00:00.123Z', null, null, 'request done'),
    sample('2024/05/01 10:00:01 main.go:42: cannot open', '2024-05-01T10:00:01Z', null, null, 'cannot open'),
    sample(
      '2024/05/01 10:00:02 http: TLS handshake error from 10.0.0.7:1: EOF',
      '2024-05-01T10:00:02Z',
      null,
      null,
      'http: TLS handshake error from 10.0.0.7:1: EOF',
    ),
    sample(
      '2024/05/01 10:00:03 http: panic serving 10.0.0.7:1: oops',
      '2024-05-01T10:00:03Z',
      null,
      null,
      'http: panic serving 10.0.0.7:1: oops',
    ),
  ],
  nearMisses: ['2024-05-01 10:00:00 listening', '24/05/01 10:00:00 listening'],
});

/** zap's console encoder: columns apart by tabs. */
export const zapConsole = layoutFormat({
  name: 'zap-console',
  rank: 6,
  first: '9',
  layouts: [
    '{time}\t{level}\t{logger:name}\t{caller:name}:{line:int}\t{message}',
    '{time}\t{level}\t{caller:name}:{line:int}\t{message}',
    '{time}\t{level}\t{message}',
  ],
  samples: [
    sample('2024-05-01T10:00:00.123Z\tINFO\tcart\tcart/api.go:42\tadded', '2024-05-01T10:00:00.123Z', 'INFO', 'cart', 'added'),
    sample(
      '2024-05-01T10:00:01.123+0200\tERROR\tapi/pay.go:9\tfailed\t{"id": 7}',
      '2024-05-01T08:00:01.123Z',
      'ERROR',
      null,
      'failed\t{"id": 7}',
    ),
    sample('2024-05-01T10:00:02.123Z\tWARN\tslow', '2024-05-01T10:00:02.123Z', 'WARN', null, 'slow'),
    sample('1714557603.5\tINFO\tmain.go:1\tepoch', '2024-05-01T10:00:03.500Z', 'INFO', null, 'epoch'),
    sample('2024-05-01T10:00:04.123Z\tDEBUG\tmain.go:7\t', '2024-05-01T10:00:04.123Z', 'DEBUG', null, ''),
  ],
  nearMisses: ['2024-05-01T10:00:00.123Z INFO cart added', '2024-05-01T10:00:00.123Z\tcart\tadded'],
});

/** Telegraf: the level is a letter and an exclamation mark. */
export const telegraf = layoutFormat({
  name: 'telegraf',
  rank: 8,
  first: '9',
  layouts: ['{time} {level:letter}! [{service:until}] {message}', '{time} {level:letter}! {message}'],
  samples: [
    sample('2024-05-01T10:00:00Z I! Starting', '2024-05-01T10:00:00Z', 'INFO', null, 'Starting'),
    sample('2024-05-01T10:00:01Z E! [outputs.influxdb] failed', '2024-05-01T10:00:01Z', 'ERROR', 'outputs.influxdb', 'failed'),
    sample('2024-05-01T10:00:02Z W! [agent] slow', '2024-05-01T10:00:02Z', 'WARN', 'agent', 'slow'),
    sample('2024-05-01T10:00:03Z D! [inputs.cpu] x', '2024-05-01T10:00:03Z', 'DEBUG', 'inputs.cpu', 'x'),
    sample('2024-05-01T10:00:04Z I! Tags enabled: host=web1', '2024-05-01T10:00:04Z', 'INFO', null, 'Tags enabled: host=web1'),
  ],
  nearMisses: ['2024-05-01T10:00:00Z Oh! text', '2024-05-01T10:00:00Z I am here'],
});
