import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SreError } from '../../src/model/errors.ts';
import { formatInstant, formatWindow, parseDuration, parseInstant, parseWindow, type TimeReading } from '../../src/model/time.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const utc: TimeReading = { now };
const berlin: TimeReading = { now, zone: 'Europe/Berlin' };

const instantOf = (text: string, reading: TimeReading = utc) => formatInstant(parseInstant(text, reading).t);
const windowOf = (text: string, reading: TimeReading = utc) => formatWindow(parseWindow(text, reading).window);
const errorOf = (run: () => unknown): SreError => {
  try {
    run();
  } catch (error) {
    if (error instanceof SreError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

test.each([
  ['2026-03-01T10:00:00Z', '2026-03-01T10:00:00Z'],
  ['2026-03-01t10:00:00z', '2026-03-01T10:00:00Z'],
  ['2026-03-01 10:00:00.250Z', '2026-03-01T10:00:00.250Z'],
  ['2026-03-01T10:00:00,123456789Z', '2026-03-01T10:00:00.123Z'],
  ['2026-03-01T10:00+02:00', '2026-03-01T08:00:00Z'],
  ['2026-03-01T10:00:00-0530', '2026-03-01T15:30:00Z'],
  ['2026-03-01T10:00:00 Asia/Tokyo', '2026-03-01T01:00:00Z'],
  ['2026-03-01T10:00:00[America/New_York]', '2026-03-01T15:00:00Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'],
  ['2026-02-28', '2026-02-28T00:00:00Z'],
  ['now', '2026-03-01T12:00:00Z'],
  ['now-1h', '2026-03-01T11:00:00Z'],
  ['now - 1h30m', '2026-03-01T10:30:00Z'],
  ['-15m', '2026-03-01T11:45:00Z'],
  ['2 hours ago', '2026-03-01T10:00:00Z'],
  ['1772359200', '2026-03-01T10:00:00Z'],
  ['1772359200.5', '2026-03-01T10:00:00.500Z'],
  ['1772359200000', '2026-03-01T10:00:00Z'],
  ['1772359200000000', '2026-03-01T10:00:00Z'],
])('the instant %s', (text, expected) => {
  expect(instantOf(text)).toBe(expected);
});

test('a naive time takes the zone, and the note says which', () => {
  expect(parseInstant('2026-07-01T10:00:00', utc)).toEqual({ t: Date.parse('2026-07-01T10:00:00Z'), note: expect.stringContaining('UTC') });
  expect(parseInstant('2026-07-01T10:00:00', berlin)).toEqual({
    t: Date.parse('2026-07-01T08:00:00Z'),
    note: expect.stringContaining('Europe/Berlin'),
  });
  expect(parseInstant('2026-07-01', berlin).note).toContain('start of the day');
  expect(parseInstant('2026-07-01T10:00:00Z', berlin).note).toBeUndefined();
});

test('where clocks are changed the note says what was taken', () => {
  const spring = parseInstant('2026-03-29T02:30:00', berlin);
  expect([formatInstant(spring.t), spring.note]).toEqual(['2026-03-29T01:30:00Z', expect.stringContaining('does not exist')]);
  const autumn = parseInstant('2026-10-25T02:30:00', berlin);
  expect([formatInstant(autumn.t), autumn.note]).toEqual(['2026-10-25T00:30:00Z', expect.stringContaining('twice')]);
});

test.each([
  '',
  'yesterdayish',
  '2026-02-30',
  '2026-13-01',
  '2026-03-01T25:00:00Z',
  '2026-03-01T10:61:00Z',
  '17',
  '-17',
  '99999999999999999999999',
  'now-',
  'now-1',
  '1e9',
])('no instant: %j', text => {
  expect(errorOf(() => parseInstant(text, utc))).toMatchObject({ code: 'invalid_window', hint: expect.stringMatching(/Write/) });
});

test.each([
  ['90s', 90_000],
  ['15m', 900_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['2d', 172_800_000],
  ['1w', 604_800_000],
  ['500ms', 500],
  ['15 minutes', 900_000],
  ['1 day 2 hours', 93_600_000],
  ['PT15M', 900_000],
  ['P1DT1H', 90_000_000],
])('the duration %s', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test('2M is refused because it may mean months', () => {
  expect(errorOf(() => parseDuration('2M'))).toMatchObject({ code: 'invalid_window', message: expect.stringContaining('months') });
  for (const text of ['', '5', 'm', '0s', '-1h', '1x', '1h foo', '99999999999w'])
    expect(errorOf(() => parseDuration(text)).code).toBe('invalid_window');
});

test.each([
  ['2026-03-01T09:00:00Z/2026-03-01T10:00:00Z', '2026-03-01T09:00:00Z/2026-03-01T10:00:00Z'],
  ['2026-03-01T09:00:00Z / 2026-03-01T10:00:00Z', '2026-03-01T09:00:00Z/2026-03-01T10:00:00Z'],
  ['2026-03-01T09:00:00Z..2026-03-01T10:00:00Z', '2026-03-01T09:00:00Z/2026-03-01T10:00:00Z'],
  ['from 2026-03-01T09:00:00Z to 2026-03-01T10:00:00Z', '2026-03-01T09:00:00Z/2026-03-01T10:00:00Z'],
  ['between 2026-03-01T09:00Z and 2026-03-01T10:00Z', '2026-03-01T09:00:00Z/2026-03-01T10:00:00Z'],
  ['2026-03-01T09:00:00Z/1h', '2026-03-01T09:00:00Z/2026-03-01T10:00:00Z'],
  ['2026-03-01T09:00:00Z/PT30M', '2026-03-01T09:00:00Z/2026-03-01T09:30:00Z'],
  ['2026-03-01T09:00:00Z/+30m', '2026-03-01T09:00:00Z/2026-03-01T09:30:00Z'],
  ['1h/2026-03-01T09:00:00Z', '2026-03-01T08:00:00Z/2026-03-01T09:00:00Z'],
  ['now-2h/now-1h', '2026-03-01T10:00:00Z/2026-03-01T11:00:00Z'],
  ['-2h/now', '2026-03-01T10:00:00Z/2026-03-01T12:00:00Z'],
  ['1772359200/1772362800', '2026-03-01T10:00:00Z/2026-03-01T11:00:00Z'],
  ['last 1h', '2026-03-01T11:00:00Z/2026-03-01T12:00:00Z'],
  ['the last 15 minutes', '2026-03-01T11:45:00Z/2026-03-01T12:00:00Z'],
  ['last hour', '2026-03-01T11:00:00Z/2026-03-01T12:00:00Z'],
  ['1h', '2026-03-01T11:00:00Z/2026-03-01T12:00:00Z'],
  ['-15m', '2026-03-01T11:45:00Z/2026-03-01T12:00:00Z'],
  ['now-1h', '2026-03-01T11:00:00Z/2026-03-01T12:00:00Z'],
  ['since 2026-03-01T09:00:00Z', '2026-03-01T09:00:00Z/2026-03-01T12:00:00Z'],
  ['since 3h', '2026-03-01T09:00:00Z/2026-03-01T12:00:00Z'],
  ['around 2026-03-01T09:00:00Z ± 15m', '2026-03-01T08:45:00Z/2026-03-01T09:15:00Z'],
  ['around 2026-03-01T09:00:00Z +- 30m', '2026-03-01T08:30:00Z/2026-03-01T09:30:00Z'],
  ['around 2026-03-01T09:00:00Z +/- 30m', '2026-03-01T08:30:00Z/2026-03-01T09:30:00Z'],
  ['around 2026-03-01T09:00:00Z', '2026-03-01T08:30:00Z/2026-03-01T09:30:00Z'],
  ['2026-03-01T09:00:00Z±10m', '2026-03-01T08:50:00Z/2026-03-01T09:10:00Z'],
  ['2026-02-28', '2026-02-28T00:00:00Z/2026-03-01T00:00:00Z'],
  ['2026-02-28/2026-03-01', '2026-02-28T00:00:00Z/2026-03-01T00:00:00Z'],
  ['2026-03-01T09:00 Europe/Berlin/2026-03-01T10:00 Europe/Berlin', '2026-03-01T08:00:00Z/2026-03-01T09:00:00Z'],
  ['2026-03-01T09:00 Europe/Berlin to 2026-03-01T10:00 Europe/Berlin', '2026-03-01T08:00:00Z/2026-03-01T09:00:00Z'],
])('the window %s', (text, expected) => {
  expect(windowOf(text)).toBe(expected);
});

test('a day is as long as the calendar makes it', () => {
  const reading = { now: Date.parse('2026-12-01T00:00:00Z'), zone: 'Europe/Berlin' };
  expect(windowOf('2026-03-29', reading)).toBe('2026-03-28T23:00:00Z/2026-03-29T22:00:00Z');
  expect(windowOf('2026-10-25', reading)).toBe('2026-10-24T22:00:00Z/2026-10-25T23:00:00Z');
});

describe('windows that hold nothing', () => {
  const extent = { start: Date.parse('2026-02-01T00:00:00Z'), end: Date.parse('2026-02-02T00:00:00Z') };
  test.each([
    ['2026-03-01T10:00Z/2026-03-01T09:00Z', utc, /not after its start/, /earlier time first/],
    ['2026-03-01T10:00Z/2026-03-01T10:00Z', utc, /not after its start/, /earlier/],
    ['2026-03-02T10:00Z/2026-03-02T11:00Z', utc, /in the future/, /2026-03-01T12:00:00Z/],
    ['2026-01-01/2026-01-02', { now, extent }, /entirely before the data/, /2026-02-01T00:00:00Z\/2026-02-02T00:00:00Z/],
    ['last 1h', { now, extent }, /entirely after the data/, /2026-02-01T00:00:00Z\/2026-02-02T00:00:00Z/],
    ['last 1h', { now, zone: 'Europe/Berln' }, /no time zone "Europe\/Berln"/, /Europe\/Berlin/],
    ['2026-03-01T10:00 Mars/Olympus to now', utc, /no time zone/, /IANA|Did you mean/],
    ['2026-03-01T10:00:00Z', utc, /point in time/, /around/],
    ['last 2M', utc, /months/, /60d/],
    ['1h/2h', utc, /not a window/, /START\/END/],
    ['', utc, /not a window/, /START\/END/],
    ['sometime', utc, /not a/, /Write/],
  ] as const)('%j', (text, reading, message, hint) => {
    const error = errorOf(() => parseWindow(text, reading));
    expect(error).toMatchObject({ code: 'invalid_window', message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
  });
});

test('the notes say what was assumed', () => {
  const extent = { start: Date.parse('2026-03-01T00:00:00Z'), end: Date.parse('2026-03-01T12:00:00Z') };
  expect(parseWindow('2026-03-01T09:00/2026-03-01T10:00', berlin).notes).toHaveLength(2);
  expect(parseWindow('last 1h', { now, recordedNow: true }).notes).toMatchObject([
    { kind: 'time', text: expect.stringContaining('newest record') },
  ]);
  expect(parseWindow('2026-02-28/2026-03-01T06:00Z', { now, extent }).notes.at(-1)).toMatchObject({
    text: expect.stringContaining('beyond the data'),
  });
  expect(parseWindow('2026-03-01T11:00Z/2026-03-01T13:00Z', utc).notes).toMatchObject([{ text: expect.stringContaining('after now') }]);
  expect(parseWindow('2026-03-01T09:00Z/2026-03-01T10:00Z', { now, extent, recordedNow: true }).notes).toEqual([]);
});

test('what was formatted is read back', () => {
  const times = fc.integer({ min: 0, max: now });
  fc.assert(
    fc.property(times, times, (a, b) => {
      fc.pre(a !== b);
      const window = { start: Math.min(a, b), end: Math.max(a, b) };
      expect(parseWindow(formatWindow(window), { now: now + 1 })).toEqual({ window, notes: [] });
    }),
    { numRuns: 500, seed: 1 },
  );
});

test('wall time goes there and back in every zone', () => {
  const zones = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Africa/Casablanca',
    '+05:30',
    'UTC-3',
  );
  fc.assert(
    fc.property(zones, fc.integer({ min: 0, max: 2_000_000_000 }), (zone, seconds) => {
      const t = seconds * 1000;
      const fixed = /^(?:UTC)?([+-])(\d+):?(\d*)$/.exec(zone);
      const offset = fixed ? (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3] || 0)) * 60_000 : undefined;
      const shown = offset === undefined ? wallClock(t, zone) : new Date(t + offset).toISOString().slice(0, 19);
      const read = parseInstant(shown, { now, zone });
      // Twice a year an hour is shown twice; then the first is meant.
      if (read.note?.includes('twice')) expect([0, 1_800_000, 3_600_000]).toContain(t - read.t);
      else expect(read.t).toBe(t);
    }),
    { numRuns: 600, seed: 2 },
  );
});

function wallClock(t: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return format.format(t).replace(' ', 'T');
}

test('no text makes anything but a window or an error of ours', () => {
  const words = fc.constantFrom(
    'now',
    '-',
    '/',
    '±',
    'last',
    'since',
    'around',
    '1h',
    '2026-03-01',
    'T10:00',
    'Z',
    ' ',
    'Europe/Berlin',
    '17',
    'M',
    'PT',
    'to',
    'and',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 7 }).map(parts => parts.join('')),
    fc.array(words, { maxLength: 7 }).map(parts => parts.join(' ')),
  );
  fc.assert(
    fc.property(text, phrase => {
      try {
        const { window } = parseWindow(phrase, utc);
        expect(window.end).toBeGreaterThan(window.start);
      } catch (error) {
        expect(error).toBeInstanceOf(SreError);
        expect((error as SreError).code).toBe('invalid_window');
        expect((error as SreError).hint).not.toBe('');
      }
    }),
    { numRuns: 4000, seed: 3 },
  );
});
