import { layoutFormat, sample } from '../format.ts';

/** Apache Kafka: the logger stands at the end, in brackets. */
export const kafka = layoutFormat({
  name: 'kafka',
  rank: 6,
  first: '[',
  layouts: ['[{time}] {level} {message}'],
  check: draft => {
    const { text, lo, hi } = draft;
    if (text.charCodeAt(hi - 1) !== 41) return false;
    const open = text.lastIndexOf(' (', hi);
    if (open < lo) return false;
    const name = text.slice(open + 2, hi - 1);
    if (!/^[\w$]+(?:\.[\w$]+)+$/.test(name)) return false;
    draft.service = draft.name(name, 0, name.length);
    draft.set('logger', draft.service);
    draft.body(text, lo, open);
    return true;
  },
  samples: [
    sample(
      '[2024-05-01 10:00:00,123] INFO [KafkaServer id=0] started (kafka.server.KafkaServer)',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      'kafka.server.KafkaServer',
      '[KafkaServer id=0] started',
    ),
    sample(
      '[2024-05-01 10:00:01,123] ERROR lost the leader (kafka.cluster.Partition)',
      '2024-05-01T10:00:01.123Z',
      'ERROR',
      'kafka.cluster.Partition',
      'lost the leader',
    ),
    sample(
      '[2024-05-01 10:00:02,123] WARN slow (org.apache.kafka.clients.NetworkClient)',
      '2024-05-01T10:00:02.123Z',
      'WARN',
      'org.apache.kafka.clients.NetworkClient',
      'slow',
    ),
    sample('[2024-05-01 10:00:03,123] DEBUG x (kafka.log.Log$)', '2024-05-01T10:00:03.123Z', 'DEBUG', 'kafka.log.Log$', 'x'),
    sample('[2024-05-01 10:00:04,123] FATAL end (kafka.Kafka$)', '2024-05-01T10:00:04.123Z', 'ERROR', 'kafka.Kafka$', 'end'),
  ],
  nearMisses: ['[2024-05-01 10:00:00,123] INFO started (again)', '[2024-05-01 10:00:00,123] INFO started'],
});

/** RabbitMQ since 3.7. */
export const rabbitmq = layoutFormat({
  name: 'rabbitmq',
  rank: 7,
  first: '9',
  layouts: ['{time} [{level}] <{process}> {message}'],
  samples: [
    sample(
      '2024-05-01 10:00:00.123456+00:00 [info] <0.222.0> Server startup complete',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      null,
      'Server startup complete',
    ),
    sample(
      '2024-05-01 12:00:01.123456+02:00 [error] <0.7.0> closing AMQP connection',
      '2024-05-01T10:00:01.123Z',
      'ERROR',
      null,
      'closing AMQP connection',
    ),
    sample('2024-05-01 10:00:02.123 [warning] <0.7.0> memory high', '2024-05-01T10:00:02.123Z', 'WARN', null, 'memory high'),
    sample('2024-05-01 10:00:03.123 [debug] <0.9.0> x', '2024-05-01T10:00:03.123Z', 'DEBUG', null, 'x'),
    sample(
      '2024-05-01 10:00:04.123 [notice] <0.44.0> Logging: configured',
      '2024-05-01T10:00:04.123Z',
      'INFO',
      null,
      'Logging: configured',
    ),
  ],
  nearMisses: ['2024-05-01 10:00:00.123 [info] Server', '2024-05-01 10:00:00.123 <0.222.0> Server'],
});

/** Elasticsearch and OpenSearch server logs. */
export const elasticsearch = layoutFormat({
  name: 'elasticsearch',
  rank: 7,
  first: '[',
  layouts: ['[{time}][{level}{_}][{logger:until}] [{instance}]{_}{message}', '[{time}][{level}{_}][{logger:until}]{_}{message}'],
  samples: [
    sample(
      '[2024-05-01T10:00:00,123][INFO ][o.e.n.Node               ] [es-1] started',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      'o.e.n.Node',
      'started',
    ),
    sample(
      '[2024-05-01T10:00:01,123][ERROR][o.e.b.Bootstrap] [es-1] cannot bind',
      '2024-05-01T10:00:01.123Z',
      'ERROR',
      'o.e.b.Bootstrap',
      'cannot bind',
    ),
    sample(
      '[2024-05-01T10:00:02,123][WARN ][o.e.m.j.JvmGcMonitorService] [es-1] [gc][7] overhead',
      '2024-05-01T10:00:02.123Z',
      'WARN',
      'o.e.m.j.JvmGcMonitorService',
      '[gc][7] overhead',
    ),
    sample('[2024-05-01T10:00:03,123][DEBUG][o.e.c.s] [es-1] x', '2024-05-01T10:00:03.123Z', 'DEBUG', 'o.e.c.s', 'x'),
    sample(
      '[2024-05-01T10:00:04,123][INFO ][logstash.runner          ] Starting',
      '2024-05-01T10:00:04.123Z',
      'INFO',
      'logstash.runner',
      'Starting',
    ),
  ],
  nearMisses: ['[2024-05-01T10:00:00,123][main] started', '[2024-05-01T10:00:00,123] [INFO] [x] y'],
});

/** MongoDB before 4.4. */
export const mongodbText = layoutFormat({
  name: 'mongodb-text',
  rank: 7,
  first: '9',
  layouts: ['{time} {level:letter} {service} [{context}] {message}'],
  samples: [
    sample(
      '2024-05-01T12:00:00.123+0200 I NETWORK  [listener] connection accepted',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      'NETWORK',
      'connection accepted',
    ),
    sample('2024-05-01T10:00:01.123+0000 E STORAGE  [main] failed', '2024-05-01T10:00:01.123Z', 'ERROR', 'STORAGE', 'failed'),
    sample('2024-05-01T10:00:02.123+0000 W REPL     [r1] slow', '2024-05-01T10:00:02.123Z', 'WARN', 'REPL', 'slow'),
    sample('2024-05-01T10:00:03.123+0000 D QUERY    [conn7] x', '2024-05-01T10:00:03.123Z', 'DEBUG', 'QUERY', 'x'),
    sample('2024-05-01T10:00:04.123+0000 I -        [main] no component', '2024-05-01T10:00:04.123Z', 'INFO', null, 'no component'),
  ],
  nearMisses: ['2024-05-01T10:00:00.123+0000 NETWORK [listener] x', '2024-05-01T10:00:00 I think [so] too'.replace('[so]', 'so')],
});
