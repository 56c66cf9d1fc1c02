import { layoutFormat, sample } from '../format.ts';

/** What is left when no better format fits: a stamp, perhaps a level, and text. A learned header goes before it. */
export const generic = layoutFormat({
  name: 'time-level-message',
  rank: 1,
  first: '9[a@<("',
  layouts: [
    '{time} [{level}] {message}',
    '{time} {level}: {message}',
    '{time} {level} {message}',
    '{time} - {level} - {message}',
    '[{time}] [{level}] {message}',
    '[{time}] {level}: {message}',
    '[{time}] {level} {message}',
    '[{level}] {time} {message}',
    '[{level}] [{time}] {message}',
    '{level} [{time}] {message}',
    '{level} {time} {message}',
    '({time}) {message}',
    '[{time}]{?:?}{_}{message}',
    '{time}{?:?}{_}{?- ?}{message}',
    '"{time}" {message}',
    '<{time}> {message}',
  ],
  check: draft => !Number.isNaN(draft.t),
  samples: [
    sample('2024-05-01T10:00:00Z ERROR disk full', '2024-05-01T10:00:00Z', 'ERROR', null, 'disk full'),
    sample('[2024-05-01 10:00:01] plain text', '2024-05-01T10:00:01Z', null, null, 'plain text'),
    sample('[WARN] 2024-05-01 10:00:02 slow', '2024-05-01T10:00:02Z', 'WARN', null, 'slow'),
    sample('May 1, 2024 10:00:03 AM something', '2024-05-01T10:00:03Z', null, null, 'something'),
    sample('1714557604 epoch seconds', '2024-05-01T10:00:04Z', null, null, 'epoch seconds'),
  ],
  nearMisses: ['no time at all', '12345 is a number'],
});

/** A level in capitals or brackets at the beginning, and no stamp. */
export const levelMessage = layoutFormat({
  name: 'level-message',
  rank: 0.5,
  first: 'a[<(',
  layouts: [
    '[{level}]{?:?} {message}',
    '<{level}> {message}',
    '({level}) {message}',
    '{level} [{thread:until}] {message}',
    '{level} - {message}',
    '{level} {message}',
    '{level}: {message}',
  ],
  check: (draft, text, lo) => {
    const first = text.charCodeAt(lo);
    return first === 91 || first === 60 || first === 40 || draft.severityText === draft.severityText.toUpperCase();
  },
  samples: [
    sample('ERROR cannot open the store', null, 'ERROR', null, 'cannot open the store'),
    sample('[warn] stock is low', null, 'WARN', null, 'stock is low'),
    sample('INFO [main] ready', null, 'INFO', null, 'ready'),
    sample('DEBUG - tick 7', null, 'DEBUG', null, 'tick 7'),
    sample('<notice> reloaded', null, 'INFO', null, 'reloaded'),
  ],
  nearMisses: ['Error while opening', 'Information desk', 'ERRORS happened'],
});
