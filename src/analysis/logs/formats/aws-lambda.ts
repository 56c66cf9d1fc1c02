import { type LogFormat, layoutFormat, sample } from '../format.ts';
import { jsonFormat } from './json-loggers.ts';

const LINES = /^(START|END|REPORT) RequestId: ([\da-f-]{36})(.*)$|^(INIT_START|INIT_REPORT) (.*)$|^XRAY TraceId: (\S+)(.*)$/;

/** The lines that the Lambda service itself writes. They carry no time; a CloudWatch export puts one before them. */
export const lambdaPlatform: LogFormat = {
  name: 'lambda-platform',
  rank: 9,
  first: 'aSERIX',
  single: true,
  read(text, lo, hi, draft) {
    const c = text.charCodeAt(lo);
    if (c !== 83 && c !== 69 && c !== 82 && c !== 73 && c !== 88) return false;
    const line = text.slice(lo, hi);
    const found = LINES.exec(line);
    if (!found) return false;
    draft.severity = /Error Type|Status: (?:error|timeout)/.test(line) ? 17 : 9;
    if (found[2]) draft.set('faas.invocation_id', found[2]);
    const trace = /Root=(1-[\da-f]{8}-[\da-f]{24})|XRAY TraceId: (1-[\da-f]{8}-[\da-f]{24})/.exec(line);
    if (trace) draft.traceId = trace[1] ?? trace[2]!;
    for (const [, name, value, unit] of line.matchAll(
      /(Duration|Billed Duration|Memory Size|Max Memory Used|Init Duration): ([\d.]+) (ms|MB)/g,
    )) {
      draft.set(`${name!.toLowerCase().replaceAll(' ', '_')}_${unit!.toLowerCase()}`, Number(value));
    }
    draft.body(text, lo, hi);
    return true;
  },
  samples: [
    'START RequestId: 0b8a4f5e-1c2d-4e3f-8a9b-0c1d2e3f4a5b Version: $LATEST',
    'END RequestId: 0b8a4f5e-1c2d-4e3f-8a9b-0c1d2e3f4a5b',
    'REPORT RequestId: 0b8a4f5e-1c2d-4e3f-8a9b-0c1d2e3f4a5b\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB',
    'INIT_START Runtime Version: nodejs:20.v9\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:x',
    'XRAY TraceId: 1-66321a60-0123456789abcdef01234567\tSegmentId: 0123456789abcdef\tSampled: true',
  ].map(line => sample(line, null, 'INFO', null, line)),
  nearMisses: ['START of something', 'END RequestId: short'],
};

/** What Node's and Python's Lambda runtimes put before a line: time, request, level, apart by tabs. */
export const lambdaText = layoutFormat({
  name: 'lambda-text',
  rank: 8,
  first: '9[',
  layouts: ['{time}\t{faas.invocation_id}\t{level}\t{message}', '[{level}]\t{time}\t{faas.invocation_id}\t{message}'],
  check: draft => String(draft.attributes?.['faas.invocation_id']).length === 36,
  samples: [
    sample(
      '2024-05-01T10:00:00.123Z\t0b8a4f5e-1c2d-4e3f-8a9b-0c1d2e3f4a5b\tINFO\tadded',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      null,
      'added',
    ),
    sample(
      '2024-05-01T10:00:01.123Z\t0b8a4f5e-1c2d-4e3f-8a9b-0c1d2e3f4a5b\tERROR\tlost',
      '2024-05-01T10:00:01.123Z',
      'ERROR',
      null,
      'lost',
    ),
    sample(
      '[WARNING]\t2024-05-01T10:00:02.123Z\t0b8a4f5e-1c2d-4e3f-8a9b-0c1d2e3f4a5b\tslow',
      '2024-05-01T10:00:02.123Z',
      'WARN',
      null,
      'slow',
    ),
    sample('[INFO]\t2024-05-01T10:00:03.123Z\t0b8a4f5e-1c2d-4e3f-8a9b-0c1d2e3f4a5b\tx', '2024-05-01T10:00:03.123Z', 'INFO', null, 'x'),
    sample('2024-05-01T10:00:04.123Z\t0b8a4f5e-1c2d-4e3f-8a9b-0c1d2e3f4a5b\tDEBUG\ty', '2024-05-01T10:00:04.123Z', 'DEBUG', null, 'y'),
  ],
  nearMisses: ['2024-05-01T10:00:00.123Z\tshort\tINFO\tadded', '2024-05-01T10:00:00.123Z 0b8a4f5e-1c2d-4e3f-8a9b-0c1d2e3f4a5b INFO added'],
});

/** Lambda's JSON log format: platform events and application lines. */
export const lambdaJson = jsonFormat({
  name: 'lambda-json',
  is: o =>
    (typeof o['type'] === 'string' && o['type'].startsWith('platform.') && 'record' in o) ||
    (/^[\da-f-]{36}$/.test(String(o['requestId'])) && 'timestamp' in o && 'message' in o && 'level' in o),
  read: (object, draft) => {
    if (typeof object['time'] === 'string' && draft.readTime(object['time'], 0, object['time'].length) > 0) draft.takeTime();
    else if (typeof object['timestamp'] === 'string' && draft.readTime(object['timestamp'], 0, object['timestamp'].length) > 0)
      draft.takeTime();
    else return false;
    const record = object['record'] as Record<string, unknown> | undefined;
    draft.set('faas.invocation_id', String(record?.['requestId'] ?? object['requestId'] ?? ''));
    if (record) {
      draft.severity = record['status'] === undefined || record['status'] === 'success' ? 9 : 17;
      const tracing = record['tracing'] as { value?: string } | undefined;
      draft.traceId = /Root=([^;]+)/.exec(tracing?.value ?? '')?.[1] ?? '';
      draft.set('record', record as never);
      const body = record['status'] === undefined ? String(object['type']) : `${object['type']} ${record['status']}`;
      draft.body(body, 0, body.length);
      return true;
    }
    const level = String(object['level']);
    draft.level(level, 0, level.length);
    const message = object['message'];
    const body = typeof message === 'string' ? message : JSON.stringify(message);
    if (typeof object['logger'] === 'string') draft.service = object['logger'];
    if (Array.isArray(object['stackTrace'])) draft.set('exception.stacktrace', object['stackTrace'].join('\n'));
    draft.body(body, 0, body.length);
    return true;
  },
  samples: [
    sample(
      '{"time":"2024-05-01T10:00:00.123Z","type":"platform.start","record":{"requestId":"r1","version":"$LATEST"}}',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      null,
      'platform.start',
    ),
    sample(
      '{"time":"2024-05-01T10:00:01.123Z","type":"platform.report","record":{"requestId":"r1","status":"timeout","metrics":{"durationMs":3000}}}',
      '2024-05-01T10:00:01.123Z',
      'ERROR',
      null,
      'platform.report timeout',
    ),
    sample(
      '{"timestamp":"2024-05-01T10:00:02Z","level":"ERROR","message":"lost","requestId":"0b8a4f5e-1c2d-4e3f-8a9b-0c1d2e3f4a5b"}',
      '2024-05-01T10:00:02Z',
      'ERROR',
      null,
      'lost',
    ),
    sample(
      '{"timestamp":"2024-05-01T10:00:03Z","level":"INFO","message":{"a":1},"requestId":"0b8a4f5e-1c2d-4e3f-8a9b-0c1d2e3f4a5b"}',
      '2024-05-01T10:00:03Z',
      'INFO',
      null,
      '{"a":1}',
    ),
    sample(
      '{"timestamp":"2024-05-01T10:00:04Z","level":"WARN","message":"slow","logger":"shop","requestId":"0b8a4f5e-1c2d-4e3f-8a9b-0c1d2e3f4a5b"}',
      '2024-05-01T10:00:04Z',
      'WARN',
      'shop',
      'slow',
    ),
  ],
  nearMisses: ['{"type":"event","record":{}}', '{"timestamp":"2024-05-01T10:00:00Z","message":"x","level":"INFO"}'],
});
