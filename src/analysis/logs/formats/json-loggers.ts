import type { Draft } from '../draft.ts';
import { type LogFormat, type Sample, sample } from '../format.ts';
import { readJsonRecord } from '../json-record.ts';

type Fields = Record<string, unknown>;

/** JSON lines of one logger: `is` tells them from the others, the members are read by the names that all of them share. */
export function jsonFormat(options: {
  name: string;
  is: (object: Fields) => boolean;
  read?: (object: Fields, draft: Draft) => boolean;
  samples: readonly Sample[];
  nearMisses: readonly string[];
}): LogFormat {
  const { name, is, read = readJsonRecord, samples, nearMisses } = options;
  return {
    name,
    rank: 7,
    first: '{',
    single: true,
    read: (text, lo, hi, draft) => {
      const object = draft.json(text, lo, hi);
      return object !== undefined && is(object) && read(object, draft);
    },
    samples,
    nearMisses,
  };
}

export const pino = jsonFormat({
  name: 'pino',
  is: o => typeof o['level'] === 'number' && typeof o['time'] === 'number' && 'pid' in o && 'hostname' in o && o['v'] !== 0,
  samples: [
    sample(
      '{"level":30,"time":1714557600123,"pid":7,"hostname":"web1","msg":"listening"}',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      null,
      'listening',
    ),
    sample(
      '{"level":50,"time":1714557601000,"pid":7,"hostname":"web1","name":"pay","msg":"lost"}',
      '2024-05-01T10:00:01Z',
      'ERROR',
      'pay',
      'lost',
    ),
    sample('{"level":60,"time":1714557602000,"pid":7,"hostname":"web1","msg":"gone"}', '2024-05-01T10:00:02Z', 'ERROR', null, 'gone'),
    sample('{"level":10,"time":1714557603000,"pid":7,"hostname":"web1","msg":"tick","v":1}', '2024-05-01T10:00:03Z', 'DEBUG', null, 'tick'),
    sample(
      '{"level":40,"time":1714557604000,"pid":7,"hostname":"web1","reqId":"a","msg":"slow"}',
      '2024-05-01T10:00:04Z',
      'WARN',
      null,
      'slow',
    ),
  ],
  nearMisses: ['{"level":"info","time":1714557600123,"pid":7,"hostname":"web1","msg":"x"}', '{"level":30,"msg":"no time"}'],
});

export const bunyan = jsonFormat({
  name: 'bunyan',
  is: o => o['v'] === 0 && typeof o['level'] === 'number' && typeof o['name'] === 'string' && typeof o['time'] === 'string',
  samples: [
    sample(
      '{"name":"cart","hostname":"web1","pid":7,"level":30,"msg":"up","time":"2024-05-01T10:00:00.000Z","v":0}',
      '2024-05-01T10:00:00Z',
      'INFO',
      'cart',
      'up',
    ),
    sample(
      '{"name":"cart","hostname":"web1","pid":7,"level":50,"msg":"lost","time":"2024-05-01T10:00:01Z","v":0}',
      '2024-05-01T10:00:01Z',
      'ERROR',
      'cart',
      'lost',
    ),
    sample(
      '{"name":"pay","hostname":"web1","pid":7,"level":40,"msg":"slow","time":"2024-05-01T10:00:02.5Z","v":0}',
      '2024-05-01T10:00:02.500Z',
      'WARN',
      'pay',
      'slow',
    ),
    sample(
      '{"name":"pay","hostname":"web1","pid":7,"level":20,"msg":"x","time":"2024-05-01T10:00:03Z","v":0}',
      '2024-05-01T10:00:03Z',
      'DEBUG',
      'pay',
      'x',
    ),
    sample(
      '{"name":"pay","component":"db","hostname":"web1","pid":7,"level":60,"msg":"end","time":"2024-05-01T10:00:04Z","v":0}',
      '2024-05-01T10:00:04Z',
      'ERROR',
      'pay',
      'end',
    ),
  ],
  nearMisses: ['{"name":"cart","level":30,"msg":"up","time":"2024-05-01T10:00:00Z","v":1}', '{"v":0}'],
});

export const winston = jsonFormat({
  name: 'winston',
  is: o => typeof o['level'] === 'string' && typeof o['message'] === 'string' && typeof o['timestamp'] === 'string',
  samples: [
    sample('{"level":"info","message":"up","timestamp":"2024-05-01T10:00:00.000Z"}', '2024-05-01T10:00:00Z', 'INFO', null, 'up'),
    sample(
      '{"level":"error","message":"lost","service":"pay","timestamp":"2024-05-01T10:00:01.000Z"}',
      '2024-05-01T10:00:01Z',
      'ERROR',
      'pay',
      'lost',
    ),
    sample('{"level":"warn","message":"slow","timestamp":"2024-05-01 10:00:02"}', '2024-05-01T10:00:02Z', 'WARN', null, 'slow'),
    sample('{"level":"verbose","message":"x","timestamp":"2024-05-01T10:00:03Z"}', '2024-05-01T10:00:03Z', 'DEBUG', null, 'x'),
    sample(
      '{"level":"debug","message":"y","timestamp":"2024-05-01T12:00:04+02:00","requestId":"r7"}',
      '2024-05-01T10:00:04Z',
      'DEBUG',
      null,
      'y',
    ),
  ],
  nearMisses: ['{"level":"info","msg":"up","time":"2024-05-01T10:00:00Z"}', '{"message":"up","timestamp":"2024-05-01T10:00:00Z"}'],
});

/** Elastic Common Schema. */
export const ecs = jsonFormat({
  name: 'ecs',
  is: o => '@timestamp' in o && ('ecs.version' in o || 'ecs' in o || 'log.level' in o),
  samples: [
    sample(
      '{"@timestamp":"2024-05-01T10:00:00.123Z","log.level":"INFO","message":"up","ecs.version":"1.2.0","service.name":"cart"}',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      'cart',
      'up',
    ),
    sample(
      '{"@timestamp":"2024-05-01T10:00:01Z","log":{"level":"error","logger":"shop.Pay"},"ecs":{"version":"8.0"},"message":"lost"}',
      '2024-05-01T10:00:01Z',
      'ERROR',
      'shop.Pay',
      'lost',
    ),
    sample(
      '{"@timestamp":"2024-05-01T10:00:02Z","log.level":"WARN","message":"slow","trace.id":"4bf92f3577b34da6a3ce929d0e0e4736"}',
      '2024-05-01T10:00:02Z',
      'WARN',
      null,
      'slow',
    ),
    sample(
      '{"@timestamp":"2024-05-01T10:00:03Z","ecs.version":"1.6.0","log.level":"debug","message":"x","process.thread.name":"main"}',
      '2024-05-01T10:00:03Z',
      'DEBUG',
      null,
      'x',
    ),
    sample(
      '{"@timestamp":"2024-05-01T10:00:04Z","log.level":"FATAL","message":"end","ecs.version":"1.2.0","host":{"name":"web1"}}',
      '2024-05-01T10:00:04Z',
      'ERROR',
      null,
      'end',
    ),
  ],
  nearMisses: ['{"@timestamp":"2024-05-01T10:00:00Z","message":"logstash","level":"INFO"}', '{"ecs.version":"1.2.0"}'],
});

/** Google Cloud: the agent's own lines and exported LogEntry objects. */
export const gcp = jsonFormat({
  name: 'gcp',
  is: o =>
    ('logName' in o && 'timestamp' in o) ||
    ('severity' in o &&
      ('logging.googleapis.com/trace' in o || 'logging.googleapis.com/labels' in o || 'logging.googleapis.com/sourceLocation' in o)),
  read: (object, draft) => {
    const payload = object['jsonPayload'];
    const resource = object['resource'] as { labels?: Fields } | undefined;
    const labels = resource?.labels ?? {};
    const flat: Fields = typeof payload === 'object' && payload !== null ? { ...(payload as Fields), ...object } : { ...object };
    delete flat['jsonPayload'];
    if (!readJsonRecord(flat, draft)) return false;
    const service = labels['container_name'] ?? labels['service_name'] ?? labels['module_id'] ?? labels['function_name'];
    if (typeof service === 'string') draft.service = service;
    const pod = labels['pod_name'] ?? labels['instance_id'];
    if (typeof pod === 'string') draft.instance = pod;
    return true;
  },
  samples: [
    sample(
      '{"severity":"NOTICE","message":"up","time":"2024-05-01T10:00:00Z","logging.googleapis.com/trace":"projects/p/traces/4bf92f3577b34da6a3ce929d0e0e4736"}',
      '2024-05-01T10:00:00Z',
      'INFO',
      null,
      'up',
    ),
    sample(
      '{"logName":"projects/p/logs/stdout","timestamp":"2024-05-01T10:00:01.5Z","severity":"ERROR","textPayload":"lost"}',
      '2024-05-01T10:00:01.500Z',
      'ERROR',
      null,
      'lost',
    ),
    sample(
      '{"logName":"projects/p/logs/stderr","timestamp":"2024-05-01T10:00:02Z","severity":"WARNING","jsonPayload":{"message":"slow"},"resource":{"type":"k8s_container","labels":{"container_name":"cart","pod_name":"cart-0"}}}',
      '2024-05-01T10:00:02Z',
      'WARN',
      'cart',
      'slow',
    ),
    sample(
      '{"logName":"projects/p/logs/run","timestamp":"2024-05-01T10:00:03Z","severity":"DEFAULT","textPayload":"plain"}',
      '2024-05-01T10:00:03Z',
      null,
      null,
      'plain',
    ),
    sample(
      '{"severity":"CRITICAL","message":"end","timestamp":"2024-05-01T10:00:04Z","logging.googleapis.com/labels":{"a":"b"}}',
      '2024-05-01T10:00:04Z',
      'ERROR',
      null,
      'end',
    ),
  ],
  nearMisses: ['{"severity":"ERROR","message":"x","time":"2024-05-01T10:00:00Z"}', '{"logName":"projects/p/logs/x"}'],
});

/** Serilog's compact form: `@t` time, `@m` message or `@mt` template, `@l` level (absent = information), `@x` exception. */
export const clef = jsonFormat({
  name: 'clef',
  is: o => typeof o['@t'] === 'string',
  read: (object, draft) => {
    const level = object['@l'] ?? 'Information';
    const template = object['@mt'];
    const message =
      object['@m'] ??
      (typeof template === 'string'
        ? template.replace(/\{[@$]?(\w+)[^}]*\}/g, (whole, name: string) => (name in object ? String(object[name]) : whole))
        : undefined);
    return readJsonRecord({ ...object, '@l': level, ...(message === undefined ? {} : { '@m': message }) }, draft);
  },
  samples: [
    sample(
      '{"@t":"2024-05-01T10:00:00.1234567Z","@mt":"Added {Item}","Item":"tea"}',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      null,
      'Added tea',
    ),
    sample(
      '{"@t":"2024-05-01T10:00:01Z","@m":"lost","@l":"Error","SourceContext":"Shop.Pay"}',
      '2024-05-01T10:00:01Z',
      'ERROR',
      'Shop.Pay',
      'lost',
    ),
    sample('{"@t":"2024-05-01T10:00:02Z","@mt":"slow {Ms} ms","@l":"Warning","Ms":12}', '2024-05-01T10:00:02Z', 'WARN', null, 'slow 12 ms'),
    sample('{"@t":"2024-05-01T10:00:03Z","@mt":"x","@l":"Verbose"}', '2024-05-01T10:00:03Z', 'DEBUG', null, 'x'),
    sample('{"@t":"2024-05-01T12:00:04+02:00","@mt":"end","@l":"Fatal","@i":"7f"}', '2024-05-01T10:00:04Z', 'ERROR', null, 'end'),
  ],
  nearMisses: ['{"t":"2024-05-01T10:00:00Z","m":"x"}', '{"@t":5}'],
});

/** Graylog's GELF: syslog levels, epoch seconds, additional members with `_`. */
export const gelf = jsonFormat({
  name: 'gelf',
  is: o => 'short_message' in o && 'version' in o,
  samples: [
    sample(
      '{"version":"1.1","host":"web1","short_message":"up","timestamp":1714557600.123,"level":6}',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      null,
      'up',
    ),
    sample(
      '{"version":"1.1","host":"web1","short_message":"lost","timestamp":1714557601,"level":3,"_app":"pay"}',
      '2024-05-01T10:00:01Z',
      'ERROR',
      null,
      'lost',
    ),
    sample(
      '{"version":"1.1","host":"web1","short_message":"slow","timestamp":1714557602,"level":4,"facility":"cart"}',
      '2024-05-01T10:00:02Z',
      'WARN',
      'cart',
      'slow',
    ),
    sample(
      '{"version":"1.1","host":"web1","short_message":"x","timestamp":1714557603,"level":7}',
      '2024-05-01T10:00:03Z',
      'DEBUG',
      null,
      'x',
    ),
    sample(
      '{"version":"1.1","host":"web1","short_message":"end","full_message":"end\\nof it","timestamp":1714557604,"level":1}',
      '2024-05-01T10:00:04Z',
      'ERROR',
      null,
      'end',
    ),
  ],
  nearMisses: ['{"version":"1.1","message":"x"}', '{"short_message":"x"}'],
});

/** MongoDB since 4.4. */
export const mongodb = jsonFormat({
  name: 'mongodb',
  is: o => typeof o['t'] === 'object' && o['t'] !== null && typeof o['s'] === 'string' && typeof o['c'] === 'string' && 'ctx' in o,
  samples: [
    sample(
      '{"t":{"$date":"2024-05-01T12:00:00.123+02:00"},"s":"I","c":"NETWORK","id":22943,"ctx":"listener","msg":"Connection accepted"}',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      'NETWORK',
      'Connection accepted',
    ),
    sample(
      '{"t":{"$date":"2024-05-01T10:00:01Z"},"s":"E","c":"STORAGE","id":1,"ctx":"main","msg":"Failed"}',
      '2024-05-01T10:00:01Z',
      'ERROR',
      'STORAGE',
      'Failed',
    ),
    sample(
      '{"t":{"$date":"2024-05-01T10:00:02Z"},"s":"W","c":"QUERY","id":2,"ctx":"conn7","msg":"Slow","attr":{"ms":120}}',
      '2024-05-01T10:00:02Z',
      'WARN',
      'QUERY',
      'Slow',
    ),
    sample(
      '{"t":{"$date":"2024-05-01T10:00:03Z"},"s":"F","c":"-","id":3,"ctx":"main","msg":"Fatal assertion"}',
      '2024-05-01T10:00:03Z',
      'ERROR',
      null,
      'Fatal assertion',
    ),
    sample(
      '{"t":{"$date":"2024-05-01T10:00:04Z"},"s":"D1","c":"REPL","id":4,"ctx":"r","msg":"tick"}',
      '2024-05-01T10:00:04Z',
      'DEBUG',
      'REPL',
      'tick',
    ),
  ],
  nearMisses: ['{"t":"2024-05-01T10:00:00Z","s":"I","c":"X","msg":"m"}', '{"t":{"$date":"2024-05-01T10:00:00Z"},"msg":"m"}'],
});

/** systemd's journal as `journalctl -o json`: µs in strings, syslog priorities. */
export const journaldJson = jsonFormat({
  name: 'journald-json',
  is: o => '__REALTIME_TIMESTAMP' in o,
  samples: [
    sample(
      '{"__REALTIME_TIMESTAMP":"1714557600123456","PRIORITY":"6","SYSLOG_IDENTIFIER":"sshd","_HOSTNAME":"web1","MESSAGE":"session opened"}',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      'sshd',
      'session opened',
    ),
    sample(
      '{"__REALTIME_TIMESTAMP":"1714557601000000","PRIORITY":"3","_COMM":"app","MESSAGE":"lost"}',
      '2024-05-01T10:00:01Z',
      'ERROR',
      'app',
      'lost',
    ),
    sample(
      '{"__REALTIME_TIMESTAMP":"1714557602000000","PRIORITY":"4","SYSLOG_IDENTIFIER":"kernel","MESSAGE":"slow disk"}',
      '2024-05-01T10:00:02Z',
      'WARN',
      'kernel',
      'slow disk',
    ),
    sample(
      '{"__REALTIME_TIMESTAMP":"1714557603000000","PRIORITY":"7","SYSLOG_IDENTIFIER":"x","MESSAGE":"tick"}',
      '2024-05-01T10:00:03Z',
      'DEBUG',
      'x',
      'tick',
    ),
    sample(
      '{"__REALTIME_TIMESTAMP":"1714557604000000","SYSLOG_IDENTIFIER":"x","MESSAGE":"no level"}',
      '2024-05-01T10:00:04Z',
      null,
      'x',
      'no level',
    ),
  ],
  nearMisses: ['{"_HOSTNAME":"web1","MESSAGE":"x"}', '{"__MONOTONIC_TIMESTAMP":"1","MESSAGE":"x"}'],
});
