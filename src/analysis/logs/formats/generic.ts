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
