import { layoutFormat, sample } from '../format.ts';

/** Monolog (Symfony, Laravel): `[time] channel.LEVEL: message {context} [extra]`. */
export const monolog = layoutFormat({
  name: 'monolog',
  rank: 8,
  first: '[',
  layouts: ['[{time}] {service}.{level}: {message}'],
  samples: [
    sample(
      '[2024-05-01T10:00:00.123456+00:00] app.INFO: added {"item":7} []',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      'app',
      'added {"item":7} []',
    ),
    sample('[2024-05-01 10:00:01] production.ERROR: lost', '2024-05-01T10:00:01Z', 'ERROR', 'production', 'lost'),
    sample('[2024-05-01T12:00:02+02:00] security.WARNING: slow [] []', '2024-05-01T10:00:02Z', 'WARN', 'security', 'slow [] []'),
    sample('[2024-05-01 10:00:03] local.DEBUG: x', '2024-05-01T10:00:03Z', 'DEBUG', 'local', 'x'),
    sample('[2024-05-01 10:00:04] request.CRITICAL: Uncaught', '2024-05-01T10:00:04Z', 'ERROR', 'request', 'Uncaught'),
  ],
  nearMisses: ['[2024-05-01 10:00:00] app: INFO', '[app.INFO] 2024-05-01 10:00:00'],
});

/** PHP's own error log. */
export const phpErrors = layoutFormat({
  name: 'php-errors',
  rank: 8,
  first: '[',
  layouts: ['[{time}] PHP {kind:until}: {message}'],
  check: draft => {
    const kind = String(draft.attributes?.['kind']);
    const severity = /Fatal|Parse|Core|Compile|Recoverable/.test(kind)
      ? 17
      : /Warning/.test(kind)
        ? 13
        : /Notice|Deprecated|Strict/.test(kind)
          ? 10
          : 0;
    if (severity === 0) return false;
    draft.severity = severity;
    draft.severityText = kind;
    return true;
  },
  samples: [
    sample(
      '[01-May-2024 10:00:00 UTC] PHP Warning:  Undefined variable $x in /srv/a.php on line 3',
      '2024-05-01T10:00:00Z',
      'WARN',
      null,
      'Undefined variable $x in /srv/a.php on line 3',
    ),
    sample('[01-May-2024 12:00:01 CEST] PHP Fatal error:  Uncaught Error: no', '2024-05-01T10:00:01Z', 'ERROR', null, 'Uncaught Error: no'),
    sample('[01-May-2024 10:00:02 UTC] PHP Notice:  Only a note', '2024-05-01T10:00:02Z', 'INFO', null, 'Only a note'),
    sample('[01-May-2024 10:00:03 UTC] PHP Parse error:  syntax error', '2024-05-01T10:00:03Z', 'ERROR', null, 'syntax error'),
    sample('[01-May-2024 10:00:04 UTC] PHP Deprecated:  old call', '2024-05-01T10:00:04Z', 'INFO', null, 'old call'),
  ],
  nearMisses: ['[01-May-2024 10:00:00 UTC] PHP is great: yes', '[01-May-2024 10:00:00 UTC] Warning: x'],
});
