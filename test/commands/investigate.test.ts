import { expect, test } from 'vitest';
import { sreCopilot } from '../kit/shell.ts';
import { incidentWindow, smallIncident } from '../kit/telemetry.ts';

interface Brief {
  readonly verdict: string;
  readonly onset: string | null;
  readonly causes: readonly {
    entity: { kind: string; name: string };
    fault: string;
    confidence: number;
    for: readonly { evidence: readonly string[] }[];
  }[];
  readonly [field: string]: unknown;
}

const QUIET = '2026-03-03T10:15:00Z/2026-03-03T10:30:00Z';
const FIELDS = ['window', 'baseline', 'onset', 'verdict', 'causes', 'chain', 'impact', 'timeline', 'notLookedAt', 'next'];

test('--json prints every field, and the cause with its evidence', async () => {
  const { code, output, errors } = await sreCopilot(['investigate', '--files', smallIncident(), '--window', incidentWindow, '--json']);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  const brief = JSON.parse(output) as Brief;
  expect(Object.keys(brief)).toEqual(expect.arrayContaining(FIELDS));
  expect(brief.verdict).toBe('cause_found');
  expect(brief['window']).toEqual({ start: '2026-03-03T10:30:00Z', end: '2026-03-03T11:00:00Z' });
  const [first] = brief.causes;
  expect(first?.entity.name).toBe('store');
  expect(first?.confidence).toBeGreaterThan(0.3);
  expect(first?.for.flatMap(claim => claim.evidence)).toEqual(expect.arrayContaining([expect.stringMatching(/^ev_/)]));
  expect(JSON.stringify(brief['timeline'])).toContain('Front is slow');
});

test('without --json the brief is text within its budget', async () => {
  const words = ['investigate', '--files', smallIncident(), '--window', incidentWindow];
  const { code, output } = await sreCopilot(words);
  expect(code).toBe(0);
  expect(output).toMatch(/store/);
  const short = await sreCopilot([...words, '--max-tokens', '300']);
  expect(short.output.length).toBeLessThan(output.length);
  expect(short.output).toMatch(/truncated/);
});

test('healthy time has every field too, and no cause', async () => {
  const { code, output } = await sreCopilot(['investigate', '--files', smallIncident(), '--window', QUIET, '--json']);
  expect(code).toBe(0);
  const brief = JSON.parse(output) as Brief;
  expect(Object.keys(brief)).toEqual(expect.arrayContaining(FIELDS));
  expect(brief.verdict).not.toBe('cause_found');
});

test.each([
  ['cause_found', incidentWindow, 5],
  ['anomaly', incidentWindow, 5],
  ['cause_found', QUIET, 0],
])('--fail-on %s in %s exits %i', async (condition, window, expected) => {
  const words = ['investigate', '--files', smallIncident(), '--window', window, '--fail-on', condition];
  expect((await sreCopilot(words)).code).toBe(expected);
});

test('around and since are windows too', async () => {
  const incident = smallIncident();
  const around = await sreCopilot(['investigate', '--files', incident, '--around', '2026-03-03T10:45:00Z', '--json']);
  expect((JSON.parse(around.output) as Brief)['window']).toEqual({ start: '2026-03-03T10:15:00Z', end: '2026-03-03T11:15:00Z' });
  const since = await sreCopilot(['investigate', '--files', incident, '--since', '20m', '--json']);
  expect((JSON.parse(since.output) as Brief).verdict).toBe('cause_found');
});

test.each([
  [['--alert', 'front-slwo'], /no alert "front-slwo"[\s\S]*front-slow/],
  [['--service', 'stoer'], /no source knows a service "stoer"|service "stoer"[\s\S]*store/i],
  [['--window', '2031-01-01/2031-01-02'], /after the data/],
  [['--window', '2026-03-03T11:00:00Z/2026-03-03T10:00:00Z'], /not after its start/],
  [['--window', 'once upon a time'], /once upon a time/],
  [['--zone', 'Mars/Olympus'], /time zone/],
])('what cannot be is said and exits 2: %j', async (words, sentence) => {
  const window = words.includes('--window') ? [] : ['--window', incidentWindow];
  const { code, errors } = await sreCopilot(['investigate', '--files', smallIncident(), ...window, ...words]);
  expect(code).toBe(2);
  expect(errors).toMatch(sentence);
});
