import { layoutFormat, sample } from '../format.ts';

/** log4j, logback and what copies them; loggers are reported as the service when nothing else names one. */
export const java = layoutFormat({
  name: 'java-logging',
  rank: 5,
  first: '9[a',
  layouts: [
    '{time} {level} [{thread:until}] {logger}: {message}',
    '{time} {level} [{thread:until}] {logger} - {message}',
    '{time} [{thread:until}] {level} {logger} - {message}',
    '{time} {level} {pid:int} --- [{app:until}] [{thread:until}] {logger} : {message}',
    '{time} {level} {pid:int} --- [{thread:until}] {logger} : {message}',
    '{time} {level} [{app},{traceId},{spanId},{sampled}] {pid:int} --- [{thread:until}] {logger} : {message}',
    '{time} {level} [{app},{traceId},{spanId}] {pid:int} --- [{thread:until}] {logger} : {message}',
    '{time} {level} [{thread:until}] ({logger}) {message}',
    '{time} {level} ({thread:until}) [{logger}] {message}',
    '{time} {level} [{logger}] ({thread:until}) {message}',
    '{time} [{thread:until}] {level} {logger}: {message}',
    '{time} {level} {pid:int} [{thread:until}] {logger} - {message}',
    '{time} {level} {logger} [{thread:until}] - {message}',
    '{time} {level} {logger:name} - {message}',
    '{time} {level} {logger:name}: {message}',
    '{time} {pid:int} {level} {logger:name}: {message}',
    '{time} {level} {logger:name}:{line:int} - {message}',
    '{level} [{thread:until}] {time} {logger} - {message}',
    '[{time}] [{thread:until}/{level}] [{logger}]: {message}',
    '[{time}] [{thread:until}/{level}]: {message}',
  ],
  check: draft => {
    const held = draft.attributes;
    const logger = held?.['logger'];
    if (logger === undefined || held?.['thread'] !== undefined || held?.['pid'] !== undefined) return true;
    // where neither thread nor process stands before it, `Word: text` may be a message: only a dotted name is a logger, until the stream has shown some
    if (/[.$#]/.test(String(logger))) {
      draft.dottedLoggers++;
      return true;
    }
    return draft.dottedLoggers >= 5 && !/id$/i.test(String(logger));
  },
  samples: [
    sample(
      'ERROR [ReadStage-3] 2024-05-01 10:00:00,123 Storage.java:600 - lost',
      '2024-05-01T10:00:00.123Z',
      'ERROR',
      'Storage.java',
      'lost',
    ),
    sample(
      '2024-05-01 10:00:00,123 INFO [main] shop.cart.CartService: opened',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      'shop.cart.CartService',
      'opened',
    ),
    sample(
      '2024-05-01 10:00:00.123 [http-nio-8080-exec-1] WARN  s.c.Cart - slow call',
      '2024-05-01T10:00:00.123Z',
      'WARN',
      's.c.Cart',
      'slow call',
    ),
    sample(
      '2024-05-01T10:00:00.123+02:00  INFO 1 --- [           main] shop.Application : Started in 2.1 s',
      '2024-05-01T08:00:00.123Z',
      'INFO',
      'shop.Application',
      'Started in 2.1 s',
    ),
    sample(
      '2024-05-01 10:00:00.123 ERROR [cart,4bf92f3577b34da6a3ce929d0e0e4736,00f067aa0ba902b7] 1 --- [exec-3] shop.Cart : lost',
      '2024-05-01T10:00:00.123Z',
      'ERROR',
      'shop.Cart',
      'lost',
    ),
    sample(
      '24/05/01 10:00:00 INFO storage.BlockStore: freed 3 blocks',
      '2024-05-01T10:00:00Z',
      'INFO',
      'storage.BlockStore',
      'freed 3 blocks',
    ),
    sample(
      '2024-05-01 10:00:00,123 FATAL [worker-7] shop.Orders - no disk left',
      '2024-05-01T10:00:00.123Z',
      'ERROR',
      'shop.Orders',
      'no disk left',
    ),
    sample(
      '240501 100000 17 INFO store.Node$Writer: block 7 closed',
      '2024-05-01T10:00:00Z',
      'INFO',
      'store.Node$Writer',
      'block 7 closed',
    ),
  ],
  nearMisses: ['2024-05-01 10:00:00,123 started the worker', 'INFO [main] no time: here'],
});

/** Apache ZooKeeper: `time [myid:n] - LEVEL [thread:Class@line] - message`. */
export const zookeeper = layoutFormat({
  name: 'zookeeper',
  rank: 6,
  first: '9',
  layouts: [
    '{time} {?[myid:{myid:until}] ?}- {level} [{*where:until}] - {message}',
    '{time} [myid:] - {level} [{*where:until}] - {message}',
  ],
  check: draft => {
    const where = draft.scratch;
    const at = where.lastIndexOf('@');
    const end = at < 0 ? where.length : at;
    const colon = where.lastIndexOf(':', end);
    draft.service = draft.name(where, colon + 1, end);
    draft.set('logger', draft.service);
    if (colon > 0) draft.set('thread', draft.name(where, 0, colon));
    return true;
  },
  samples: [
    sample(
      '2024-05-01 10:00:00,123 - INFO  [main:FileSnap@83] - Reading snapshot',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      'FileSnap',
      'Reading snapshot',
    ),
    sample(
      '2024-05-01 10:00:01,123 [myid:2] - WARN  [RecvWorker:1:QuorumManager$RecvWorker@7] - gone',
      '2024-05-01T10:00:01.123Z',
      'WARN',
      'QuorumManager$RecvWorker',
      'gone',
    ),
    sample(
      '2024-05-01 10:00:02,123 - ERROR [/10.0.0.7:3888:Listener@12] - cannot bind',
      '2024-05-01T10:00:02.123Z',
      'ERROR',
      'Listener',
      'cannot bind',
    ),
    sample('2024-05-01 10:00:03,123 [myid:] - INFO  [main:Main@1] - no id yet', '2024-05-01T10:00:03.123Z', 'INFO', 'Main', 'no id yet'),
    sample(
      '2024-05-01 10:00:04,123 - DEBUG [Peer[myid=1]/0:0:0:0:0:0:0:0:2181:Leader@5] - tick',
      '2024-05-01T10:00:04.123Z',
      'DEBUG',
      'Leader',
      'tick',
    ),
  ],
  nearMisses: ['2024-05-01 10:00:00,123 - started [main] - ok', '2024-05-01 10:00:00,123 INFO [main:FileSnap@83] - x'],
});

/** Oracle WebLogic Server: every field in angle brackets, the message last. */
export const weblogic = layoutFormat({
  name: 'weblogic',
  rank: 9,
  first: '#',
  layouts: ['####<{time}> <{level}> <{service}> {message}'],
  check: draft => {
    const end = draft.text.charCodeAt(draft.hi - 1) === 62 ? draft.hi - 1 : draft.hi;
    const last = draft.text.lastIndexOf('> <', end);
    draft.body(draft.text, last < draft.lo ? draft.lo : last + 3, end);
    return true;
  },
  samples: ['Error', 'Notice', 'Warning', 'Info', 'Critical'].map((level, i) =>
    sample(
      `####<May 1, 2024 10:00:0${i},123 AM UTC> <${level}> <HTTP> <app1> <srv1> <[ACTIVE] thread> <<WLS>> <> <> <171455760${i}123> <BEA-101017> <said ${i}>`,
      `2024-05-01T10:00:0${i}.123Z`,
      level === 'Warning' ? 'WARN' : level === 'Error' || level === 'Critical' ? 'ERROR' : 'INFO',
      'HTTP',
      `said ${i}`,
    ),
  ),
  nearMisses: ['####<soon> <Error> <HTTP> <x> <y>', '#### heading'],
});

/** Apache Tomcat's one-line form: class and method stand before the message without a mark. */
export const tomcat = layoutFormat({
  name: 'tomcat',
  rank: 5,
  first: '9',
  layouts: ['{time} {level} [{thread:until}] {logger:name} {message}'],
  check: draft => /^[\w$]+\.[\w$]+\.[\w$.]+$/.test(draft.service),
  samples: [
    sample(
      '01-May-2024 10:00:00.123 INFO [main] shop.web.Server.start Started in 7 ms',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      'shop.web.Server.start',
      'Started in 7 ms',
    ),
    sample(
      '01-May-2024 10:00:01.123 SEVERE [exec-1] shop.web.Valve.invoke failed',
      '2024-05-01T10:00:01.123Z',
      'ERROR',
      'shop.web.Valve.invoke',
      'failed',
    ),
    sample(
      '01-May-2024 10:00:02.123 WARNING [main] shop.web.Rule.begin no match',
      '2024-05-01T10:00:02.123Z',
      'WARN',
      'shop.web.Rule.begin',
      'no match',
    ),
    sample('01-May-2024 10:00:03.123 FINE [main] shop.web.Rule.end x', '2024-05-01T10:00:03.123Z', 'DEBUG', 'shop.web.Rule.end', 'x'),
    sample(
      '2024-05-01 10:00:04,123 INFO [main] shop.web.Server.stop bye',
      '2024-05-01T10:00:04.123Z',
      'INFO',
      'shop.web.Server.stop',
      'bye',
    ),
  ],
  nearMisses: ['01-May-2024 10:00:00.123 INFO [main] started the server', '01-May-2024 10:00:00.123 [main] a.b.c x'],
});
