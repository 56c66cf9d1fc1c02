import { layoutFormat, sample } from '../format.ts';

/** Python's logging in its usual shapes, and the servers and schedulers built on it. */
export const python = layoutFormat({
  name: 'python-logging',
  rank: 6,
  first: '9[a',
  layouts: [
    '{time} - {logger} - {level} - {message}',
    '{time} - {level} - {logger} - {message}',
    '{time} | {level} | {logger} - {message}',
    '[{time}: {level}/{process:until}] {message}',
    '[{time}] [{pid:int}] [{level}] {message}',
    '[{time}] {{{logger:until}}} {level} - {message}',
    '[{time}] {level} in {logger:name}: {message}',
    '{time} {pid:int} {level} {logger:name} [{request:until}] {message}',
    '{file} {time} {pid:int} {level} {logger:name} [{request:until}] {message}',
    '{time} {pid:int} {level} {logger:name} {message}',
    '{time} - {level} - {message}',
  ],
  samples: [
    sample('2024-05-01 10:00:00,123 - shop.cart - WARNING - stock is low', '2024-05-01T10:00:00.123Z', 'WARN', 'shop.cart', 'stock is low'),
    sample('2024-05-01 10:00:00.123 | INFO     | shop.cart:add:42 - added', '2024-05-01T10:00:00.123Z', 'INFO', 'shop.cart:add', 'added'),
    sample('[2024-05-01 10:00:00,123: ERROR/ForkPoolWorker-1] Task failed', '2024-05-01T10:00:00.123Z', 'ERROR', null, 'Task failed'),
    sample('[2024-05-01 10:00:00 +0200] [77] [INFO] Booting worker', '2024-05-01T08:00:00Z', 'INFO', null, 'Booting worker'),
    sample(
      '2024-05-01 10:00:00.123 77 INFO cloud.api.server [req-1 - - -] 10.0.0.7 "GET /v2"',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      'cloud.api.server',
      '10.0.0.7 "GET /v2"',
    ),
    sample('[2024-05-01T10:00:00.123+0000] {jobs.py:42} WARNING - late', '2024-05-01T10:00:00.123Z', 'WARN', 'jobs.py', 'late'),
    sample('[2024-05-01 10:00:00,123] ERROR in app: Exception on /pay', '2024-05-01T10:00:00.123Z', 'ERROR', 'app', 'Exception on /pay'),
  ],
  nearMisses: ['2024-05-01 10:00:00,123 - shop.cart - later - maybe', '[2024-05-01 10:00:00] plain text'],
});

/** `LEVEL:logger:message` of `logging.basicConfig` and uvicorn's `LEVEL:     message`. */
export const pythonBasic = layoutFormat({
  name: 'python-basic',
  rank: 5,
  first: 'a',
  layouts: ['{level}:{logger:name}:{message}', '{level}: {message}'],
  check: draft => draft.severityText === draft.severityText.toUpperCase() && draft.severityText.length > 3,
  samples: [
    sample('WARNING:root:disk is full', null, 'WARN', 'root', 'disk is full'),
    sample('INFO:shop.cart:opened', null, 'INFO', 'shop.cart', 'opened'),
    sample('INFO:     Application startup complete.', null, 'INFO', null, 'Application startup complete.'),
    sample('ERROR:    Exception in ASGI application', null, 'ERROR', null, 'Exception in ASGI application'),
    sample('CRITICAL:root:giving up', null, 'ERROR', 'root', 'giving up'),
  ],
  nearMisses: ['Error: something', 'note: this is prose'],
});
