import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { severityOfLetter, severityOfNumber, severityOfSyslog, severityOfWord } from '../../../src/analysis/logs/levels.ts';
import { localToUtc } from '../../../src/analysis/logs/time-zones.ts';
import { NO_DATE, NO_YEAR, NO_ZONE, TimeReader } from '../../../src/analysis/logs/timestamps.ts';

const OPEN = { zone: NO_ZONE, year: NO_YEAR | NO_ZONE, date: NO_DATE | NO_ZONE };

/** Stamp, what it means, and what it leaves open. */
const STAMPS: readonly (readonly [string, string, number])[] = [
  ['2024-05-01T10:00:00Z', '2024-05-01T10:00:00.000Z', 0],
  ['2024-05-01T10:00:00.123456789Z', '2024-05-01T10:00:00.123Z', 0],
  ['2024-05-01t10:00:00z'.toUpperCase(), '2024-05-01T10:00:00.000Z', 0],
  ['2024-05-01T12:00:00+02:00', '2024-05-01T10:00:00.000Z', 0],
  ['2024-05-01T12:00:00+0200', '2024-05-01T10:00:00.000Z', 0],
  ['2024-05-01T12:00:00+02', '2024-05-01T10:00:00.000Z', 0],
  ['2024-05-01 04:30:00 -0530', '2024-05-01T10:00:00.000Z', 0],
  ['2024-05-01 10:00:00', '2024-05-01T10:00:00.000Z', OPEN.zone],
  ['2024-05-01 10:00:00,123', '2024-05-01T10:00:00.123Z', OPEN.zone],
  ['2024-05-01 10:00:00.5', '2024-05-01T10:00:00.500Z', OPEN.zone],
  ['2024-05-01_10:00:00', '2024-05-01T10:00:00.000Z', OPEN.zone],
  ['2024/05/01 10:00:00', '2024-05-01T10:00:00.000Z', OPEN.zone],
  ['2024.05.01 10:00:00', '2024-05-01T10:00:00.000Z', OPEN.zone],
  ['2024-05-01-10.00.00.123456', '2024-05-01T10:00:00.123Z', OPEN.zone],
  ['2024-122T10:00:00Z', '2024-05-01T10:00:00.000Z', 0],
  ['20240501T100000Z', '2024-05-01T10:00:00.000Z', 0],
  ['20240501T100000.123Z', '2024-05-01T10:00:00.123Z', 0],
  ['20240501-10:0:7:44', '2024-05-01T10:00:07.044Z', OPEN.zone],
  ['20240501 10:00:00', '2024-05-01T10:00:00.000Z', OPEN.zone],
  ['20240501100000', '2024-05-01T10:00:00.000Z', OPEN.zone],
  ['240501 100000', '2024-05-01T10:00:00.000Z', OPEN.zone],
  ['240501  9:00:00', '2024-05-01T09:00:00.000Z', OPEN.zone],
  ['01/May/2024:12:00:00 +0200', '2024-05-01T10:00:00.000Z', 0],
  ['01-May-2024 10:00:00.123', '2024-05-01T10:00:00.123Z', OPEN.zone],
  ['1 May 2024 10:00:00', '2024-05-01T10:00:00.000Z', OPEN.zone],
  ['2024-May-01 10:00:00', '2024-05-01T10:00:00.000Z', OPEN.zone],
  ['01.05.2024 10:00:00', '2024-05-01T10:00:00.000Z', OPEN.zone],
  ['Wed May  1 10:00:00 2024', '2024-05-01T10:00:00.000Z', OPEN.zone],
  ['Wed May  1 12:00:00.123 CEST 2024', '2024-05-01T10:00:00.123Z', 0],
  ['Wed, 01 May 2024 10:00:00 GMT', '2024-05-01T10:00:00.000Z', 0],
  ['Wednesday, 01-May-24 10:00:00 UTC', '2024-05-01T10:00:00.000Z', 0],
  ['Wed May 01 2024 12:00:00 GMT+0200', '2024-05-01T10:00:00.000Z', 0],
  ['May 1, 2024 1:00:00 PM', '2024-05-01T13:00:00.000Z', OPEN.zone],
  ['May 01, 2024 12:00:00 AM', '2024-05-01T00:00:00.000Z', OPEN.zone],
  ['May 1 2024 10:00:00', '2024-05-01T10:00:00.000Z', OPEN.zone],
  ['5/1/2024 10:00:00 PM', '2024-05-01T22:00:00.000Z', OPEN.zone],
  ['2024-05-01 10:00:00 UTC+1', '2024-05-01T09:00:00.000Z', 0],
  ['2024-05-01 10:00:00 EST', '2024-05-01T15:00:00.000Z', 0],
  ['May  1 10:00:00', '1972-05-01T10:00:00.000Z', OPEN.year],
  ['May 11 10:00:00.123456', '1972-05-11T10:00:00.123Z', OPEN.year],
  ['Feb 29 10:00:00', '1972-02-29T10:00:00.000Z', OPEN.year],
  ['05-01 10:00:00.123', '1972-05-01T10:00:00.123Z', OPEN.year],
  ['05.01 10:00:00', '1972-05-01T10:00:00.000Z', OPEN.year],
  ['10:00:00.123', '1970-01-01T10:00:00.123Z', OPEN.date],
  ['10:00:00,123', '1970-01-01T10:00:00.123Z', OPEN.date],
  ['1714557600', '2024-05-01T10:00:00.000Z', 0],
  ['1714557600.123', '2024-05-01T10:00:00.123Z', 0],
  ['1714557600123', '2024-05-01T10:00:00.123Z', 0],
  ['1714557600123456', '2024-05-01T10:00:00.123Z', 0],
  ['1714557600123456789', '2024-05-01T10:00:00.123Z', 0],
  ['@40000000663212aa0754d4c0', '2024-05-01T10:00:00.123Z', 0],
];

test.each(STAMPS)('%s', (stamp, meaning, open) => {
  const reader = new TimeReader();
  for (const text of [stamp, `${stamp} INFO text`, `${stamp}] x`, `xx${stamp}`]) {
    const lo = text.indexOf(stamp);
    expect(reader.read(text, lo, text.length), text).toBe(lo + stamp.length);
    expect(new Date(Math.floor(reader.t)).toISOString()).toBe(meaning);
    expect(reader.flags & (NO_ZONE | NO_YEAR | NO_DATE)).toBe(open);
  }
});

test.each([
  '2024-13-01 10:00:00',
  '2024-02-30 10:00:00',
  '2024-05-01 25:00:00',
  '2024-05-01 10:61:00',
  '2024-05-01',
  '12:30',
  '1.5 10:00',
  '12345678',
  '17145576001',
  '1714557600x',
  'Mayor 1 10:00:00',
  'Wednesday we met at 10:00:00',
  '@4000 short',
  '192.168.0.1',
  '3/4 of 10:00:00',
  '0123456789',
])('is no stamp: %s', text => {
  expect(new TimeReader().read(text, 0, text.length)).toBe(-1);
});

test('a stamp written from any time is read back, with any number of fraction digits', () => {
  const reader = new TimeReader();
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(1971, 0), max: Date.UTC(2099, 0) }),
      fc.integer({ min: 1, max: 9 }),
      fc.nat(999_999_999),
      (second, digits, fraction) => {
        const whole = Math.floor(second / 1000) * 1000;
        const part = String(fraction).padStart(9, '0').slice(0, digits);
        const text = `${new Date(whole).toISOString().slice(0, 19)}.${part}Z`;
        expect(reader.read(text, 0, text.length)).toBe(text.length);
        expect(reader.t).toBeCloseTo(whole + Number(`0.${part}`) * 1000, 3);
      },
    ),
    { seed: 7, numRuns: 500 },
  );
});

test('what is no stamp never reads past the text', () => {
  const reader = new TimeReader();
  const piece = fc.constantFrom(
    '2024',
    '05',
    '-',
    '/',
    ':',
    '.',
    ' ',
    'T',
    'May',
    'Wed',
    'Z',
    '+',
    '1714557600',
    '10',
    '@4',
    'PM',
    'UTC',
    ',',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 16 }), pieces => {
      const text = pieces.join('');
      const end = reader.read(text, 0, text.length);
      expect(end === -1 || (end > 0 && end <= text.length && !Number.isNaN(reader.t))).toBe(true);
    }),
    { seed: 8, numRuns: 3000 },
  );
});

describe('zones', () => {
  test('summer and winter time of a named zone, and fixed offsets', () => {
    const berlin = localToUtc('Europe/Berlin');
    expect(berlin(Date.UTC(2024, 0, 1, 10))).toBe(Date.UTC(2024, 0, 1, 9));
    expect(berlin(Date.UTC(2024, 6, 1, 10))).toBe(Date.UTC(2024, 6, 1, 8));
    expect(localToUtc('-03:30')(Date.UTC(2024, 0, 1, 10))).toBe(Date.UTC(2024, 0, 1, 13, 30));
  });

  test('an unknown zone is refused', () => expect(() => localToUtc('Mars/Olympus')).toThrow(RangeError));
});

describe('levels', () => {
  test.each([
    ['FATAL', 21],
    ['Severe', 17],
    ['error', 17],
    ['WARNING', 13],
    ['notice', 10],
    ['Information', 9],
    ['dbug', 5],
    ['FINEST', 1],
    ['errors', 0],
    ['', 0],
    ['informationally', 0],
  ])('%s', (word, severity) => expect(severityOfWord(word)).toBe(severity));

  test('letters, syslog severities and the tens of pino', () => {
    expect([...'VDIWEFX'].map(letter => severityOfLetter(letter.charCodeAt(0)))).toEqual([1, 5, 9, 13, 17, 21, 0]);
    expect([0, 3, 4, 6, 7, 8].map(severityOfSyslog)).toEqual([21, 17, 13, 9, 5, 0]);
    expect([10, 20, 30, 40, 50, 60, 70, 5].map(severityOfNumber)).toEqual([1, 5, 9, 13, 17, 21, 0, 0]);
  });
});
