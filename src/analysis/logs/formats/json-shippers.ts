import { type LogFormat, sample } from '../format.ts';
import { readJsonRecord } from '../json-record.ts';

type Fields = Record<string, unknown>;

/**
 * What Fluent Bit, Filebeat, Vector and exports of CloudWatch put around a line that they shipped: the application's own line is inside, with its own header, and a
 * trace comes in as many objects as it has lines.
 */
export const jsonShipper: LogFormat = {
  name: 'json-shipper',
  rank: 8,
  first: '{',
  envelope: true,
  read(text, lo, hi, draft) {
    const object = draft.json(text, lo, hi);
    if (object === undefined || !isShipped(object)) return false;
    const { message, log, ...rest } = object;
    const line = typeof log === 'string' ? log : message;
    if (typeof line !== 'string' || !readJsonRecord(typeof log === 'string' ? rest : { ...rest, log }, draft)) return false;
    draft.key = `${draft.instance} ${draft.service} ${object['stream'] ?? ''}`;
    const body = line.replace(/[\r\n]+$/, '');
    draft.body(body, 0, body.length);
    return true;
  },
  samples: [
    sample(
      '{"date":1714557600.123,"log":"2024-05-01 10:00:00.100 ERROR [main] shop.Cart - lost\\n","kubernetes":{"pod_name":"cart-0","container_name":"cart"}}',
      '2024-05-01T10:00:00.100Z',
      'ERROR',
      'cart',
      'lost',
    ),
    sample(
      '{"@timestamp":"2024-05-01T10:00:01Z","stream":"stderr","message":"plain","kubernetes":{"container":{"name":"cart"}}}',
      '2024-05-01T10:00:01Z',
      null,
      'cart',
      'plain',
    ),
    sample(
      '{"timestamp":1714557602000,"message":"[WARN] slow","ingestionTime":1714557603000}',
      '2024-05-01T10:00:02Z',
      'WARN',
      null,
      'slow',
    ),
    sample(
      '{"@timestamp":"2024-05-01T10:00:03Z","log":{"file":{"path":"/var/log/a.log"},"offset":7},"agent":{"type":"filebeat"},"message":"level=info msg=up"}',
      '2024-05-01T10:00:03Z',
      'INFO',
      null,
      'up',
    ),
    sample(
      '{"time":"2024-05-01T10:00:04Z","stream":"stdout","logtag":"F","log":"{\\"level\\":\\"error\\",\\"msg\\":\\"inner\\"}"}',
      '2024-05-01T10:00:04Z',
      'ERROR',
      null,
      'inner',
    ),
  ],
  nearMisses: [
    '{"@timestamp":"2024-05-01T10:00:00Z","level":"info","message":"x","stream":"stdout"}',
    '{"time":"2024-05-01T10:00:00Z","msg":"x"}',
  ],
};

/** A shipper's mark, a line of text, and no level of its own. */
function isShipped(object: Fields): boolean {
  if (typeof object['log'] !== 'string' && typeof object['message'] !== 'string') return false;
  if ('level' in object || 'severity' in object || 'log.level' in object) return false;
  const file = object['log'];
  const tailed = typeof file === 'object' && file !== null && 'file' in file;
  return (
    'kubernetes' in object ||
    'ingestionTime' in object ||
    'logtag' in object ||
    'agent' in object ||
    tailed ||
    object['stream'] === 'stdout' ||
    object['stream'] === 'stderr'
  );
}
