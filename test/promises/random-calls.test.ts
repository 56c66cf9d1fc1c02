import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApplication } from '../../src/app.ts';
import { readSettings } from '../../src/config.ts';
import { statedFacts } from '../../src/exit/compose.ts';
import { states } from '../../src/exit/text.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { type Application, LOCAL } from '../../src/server/application.ts';
import { callTool, type Outcome } from '../../src/server/call.ts';
import { tools } from '../../src/tools/index.ts';
import { END, ONSET, PERSONAL, SECRETS, SERVICES, START, writeHostileBundle } from '../kit/hostile-bundle.ts';

/** Calls over all tools; `npm run test:random` makes ten thousand, which take minutes. */
const CALLS = Number(process.env['SRE_RANDOM_CALLS'] ?? 600);
const SEED = 20261124;
const DATA_SHARE = 0.7;

let dir: string;
let application: Application;
let traces: readonly string[];
const KEPT_IDS = 200;
let made = 0;
const results: string[] = [];
const evidence: string[] = [];
const tally = new Map<string, { calls: number; data: number }>();

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sre-random-'));
  traces = writeHostileBundle(join(dir, 'bundle'));
  const settings = await readSettings({ files: [join(dir, 'bundle')], state: join(dir, 'state') }, {}, dir);
  application = createApplication(settings, process.stderr);
});

afterAll(async () => {
  await application.close();
  rmSync(dir, { recursive: true, force: true });
});

const iso = (t: number) => new Date(t).toISOString();
const goodWindow = fc.constantFrom(
  `${iso(START)}/${iso(END)}`,
  'last 12m',
  `around ${iso(ONSET)} ± 4m`,
  `${iso(ONSET)}/${iso(END)}`,
  `${START}/${END}`,
  'now-10m/now',
);
const badWindow = fc.constantFrom(
  'yesterday-ish',
  `${iso(END)}/${iso(START)}`,
  '2031-01-01T00:00:00Z/2031-01-02T00:00:00Z',
  '',
  'now-2M',
  '\u0000',
);
const window = fc.oneof({ weight: 24, arbitrary: goodWindow }, { weight: 1, arbitrary: badWindow });
const lateWindow = fc.constantFrom(`${iso(ONSET)}/${iso(END)}`, `around ${iso(ONSET)} ± 4m`, 'last 4m');
const service = fc.oneof(
  { weight: 24, arbitrary: fc.constantFrom(...SERVICES) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
);
const words = fc.oneof(fc.constantFrom('timeout', 'entry', 'GET', 'basket', ...PERSONAL), fc.string({ unit: 'grapheme', maxLength: 12 }));
const where = fc.constantFrom('service=ledger', 'body~time', 'level!=INFO', 'statistic=none', 'nonsense', 'a~(((');
const rarely = <T>(arbitrary: fc.Arbitrary<T>, oneIn = 6) =>
  fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const mostly = <T>(usual: T, odd: T) => fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(odd) });
const oneOfMine = (ids: readonly string[], made: string) => fc.nat().map(n => (ids.length && n % 24 ? ids[n % ids.length]! : made));
const common = { max_tokens: rarely(fc.constantFrom(200, 350, 1000, 2000, 10_000, 3), 4), zzz: rarely(fc.constant('surprise'), 40) };

const ARGUMENTS: Readonly<Record<string, fc.Arbitrary<JsonObject>>> = {
  investigate: record({
    window: fc.oneof({ weight: 24, arbitrary: lateWindow }, { weight: 1, arbitrary: badWindow }),
    baseline: rarely(fc.array(goodWindow, { maxLength: 2 })),
    alert: rarely(fc.constantFrom('al-7', 'al-77')),
    service: rarely(service),
    top: rarely(fc.nat(9)),
  }),
  discover: record({
    text: rarely(fc.oneof(service, words)),
    signal: rarely(fc.constantFrom('logs', 'metrics', 'traces', 'file', 'nothing')),
    source: rarely(fc.constantFrom('files', 'nope'), 20),
  }),
  compare_windows: record({
    window: fc.oneof({ weight: 24, arbitrary: lateWindow }, { weight: 1, arbitrary: badWindow }),
    baseline: rarely(goodWindow),
    services: rarely(fc.array(service, { maxLength: 3 })),
    signals: rarely(fc.constant(['logs'])),
  }),
  detect_anomalies: record({
    window: fc.oneof({ weight: 24, arbitrary: lateWindow }, { weight: 1, arbitrary: badWindow }),
    baseline: rarely(fc.array(goodWindow, { maxLength: 2 })),
    services: rarely(fc.array(service, { maxLength: 3 }), 12),
    signals: rarely(fc.constantFrom(['logs'], ['metrics'])),
    metric: rarely(fc.constantFrom('latency', 'cpu*', 'nope'), 12),
    thresholds: rarely(fc.constantFrom(['latency>0.5'], ['cpu_usage<5', 'nope>1'], ['latency'])),
    limit: rarely(fc.constantFrom(1, 5)),
  }),
  correlate: record({
    window,
    target: rarely(fc.constantFrom('latency', 'cpu_usage', 'nope'), 3),
    target_services: rarely(fc.array(service, { minLength: 1, maxLength: 2 }), 12),
    metric: rarely(fc.constantFrom('latency', '*', 'nope'), 12),
    services: rarely(fc.array(service, { minLength: 1, maxLength: 3 }), 12),
    signals: rarely(fc.constantFrom(['logs'], ['metrics'])),
    max_lag: rarely(fc.constantFrom('1m', 'x'), 12),
  }),
  rank_root_causes: record({
    window: fc.oneof({ weight: 24, arbitrary: lateWindow }, { weight: 1, arbitrary: badWindow }),
    candidates: rarely(fc.array(service, { minLength: 1, maxLength: 3 }), 3),
    onset: rarely(fc.constantFrom(iso(ONSET), iso(END), 'soon')),
    baseline: rarely(fc.array(goodWindow, { maxLength: 1 })),
    alert: rarely(fc.constantFrom('al-7', 'al-77')),
    top: rarely(fc.nat(9)),
  }),
  normalize_logs: record({
    path: mostly('logs/ledger/ledger-1.log', 'logs/nope.log'),
    text: rarely(fc.oneof(words, fc.constant(`${iso(START)} ERROR [a] b.C - ${SECRETS[3].text}\n\tat b.C.d(C.java:1)\n`)), 12),
    format: rarely(fc.constantFrom('json', 'nope'), 12),
    from_line: rarely(fc.constantFrom(1, 20, 100_000), 8),
    limit: rarely(fc.constantFrom(1, 30)),
  }),
  get_dashboard: record({
    dashboard: rarely(mostly('pay', 'nope'), 2),
    text: rarely(words, 12),
    panel: rarely(fc.constantFrom('1', 'Latency', 'nope'), 8),
    variables: rarely(fc.constantFrom(['service=ledger'], ['service=All'], ['nope=1'], ['service'])),
    window,
    baseline: rarely(goodWindow),
  }),
  render_dashboard: record({
    dashboard: mostly('pay', 'nope'),
    panel: rarely(fc.constantFrom('1', 'nope'), 8),
    expressions: rarely(fc.constantFrom(['sum by (service) (latency)'], ['cpu*'], ['sum((']), 12),
    window,
    incident: rarely(lateWindow),
    theme: rarely(fc.constant('light')),
    width: rarely(fc.constantFrom(400, 700, 3)),
  }),
  get_service: record({ service: rarely(service, 2), window }),
  search_knowledge: record({
    text: rarely(fc.oneof(service, words), 2),
    id: rarely(fc.constantFrom('ledger', 'nope'), 4),
    kinds: rarely(fc.constantFrom(['runbook'], ['incident', 'service'])),
    limit: rarely(fc.constantFrom(1, 3)),
  }),
  record_incident: record({
    title: fc.oneof(words, fc.constant(SECRETS[3].text), fc.constant('Ledger slow')),
    window: mostly(`${iso(ONSET)}/${iso(END)}`, 'soon'),
    services: rarely(fc.array(service, { maxLength: 2 })),
    cause: rarely(service, 2),
    fault: rarely(fc.constantFrom('lock', 'disk', 'nope')),
    summary: rarely(fc.constantFrom(...SECRETS.map(secret => secret.text), ...PERSONAL)),
    symptoms: rarely(fc.array(words, { maxLength: 3 })),
  }),
  cluster_logs: record({
    window,
    services: rarely(fc.array(service, { minLength: 1, maxLength: 3 })),
    level: rarely(fc.constantFrom('ERROR', 'INFO', 'LOUD'), 12),
    contains: rarely(fc.array(words, { maxLength: 2 }), 12),
    where: rarely(fc.array(where, { maxLength: 1 }), 12),
    order: rarely(fc.constantFrom('count', 'severity', 'first')),
  }),
  query_logs: record({
    window,
    services: rarely(fc.array(service, { minLength: 1, maxLength: 3 })),
    level: rarely(fc.constantFrom('ERROR', 'WARN', 'INFO'), 8),
    contains: rarely(fc.array(words, { maxLength: 1 }), 12),
    where: rarely(fc.array(where, { maxLength: 1 }), 12),
    trace_id: rarely(
      fc.nat().map(n => traces[n % traces.length]!),
      12,
    ),
    limit: rarely(fc.constantFrom(1, 20, 500, 0)),
  }),
  query_metrics: record({
    window,
    metric: rarely(fc.constantFrom('latency', 'cpu*', '*', 'nope'), 4),
    services: rarely(fc.array(service, { minLength: 1, maxLength: 3 })),
    baseline: rarely(goodWindow),
    group_by: rarely(fc.constantFrom(['service'], ['metric'])),
    points: rarely(fc.boolean()),
    step: rarely(fc.constantFrom('30s', '1m', 'x'), 12),
  }),
  query_traces: record({
    window,
    services: rarely(fc.array(service, { minLength: 1, maxLength: 2 })),
    trace_id: rarely(
      fc.nat().map(n => traces[n % traces.length]!),
      5,
    ),
    failed_only: rarely(fc.boolean()),
    min_duration_ms: rarely(fc.constantFrom(0, 20, 1e7), 12),
  }),
  query_events: record({
    window,
    services: rarely(fc.array(service, { minLength: 1, maxLength: 4 }), 10),
    kinds: rarely(fc.constantFrom(['alert'], ['deploy', 'config']), 8),
  }),
  get_evidence: record({
    id: oneOfMine(evidence, 'ev_nothere'),
    action: rarely(fc.constantFrom('show', 'rerun', 'check'), 2),
    direction: rarely(fc.constantFrom('up', 'down', 'new'), 2),
    at: rarely(fc.constant(iso(ONSET)), 3),
    subject: rarely(service),
    measure: rarely(fc.constantFrom('latency', 'errors', 'duration'), 8),
  }),
  get_result: record({
    id: oneOfMine(results, 'r_nothere'),
    section: rarely(fc.constantFrom('records', 'nope'), 30),
    offset: rarely(fc.nat(5), 4),
    limit: rarely(fc.constantFrom(1, 10, 100)),
    where: rarely(fc.array(where, { maxLength: 1 }), 20),
    sort: rarely(fc.constantFrom('time', '-count', 'evidence'), 12),
  }),
};

function record(fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<JsonObject> {
  return fc
    .record({ ...fields, ...common } as Record<string, fc.Arbitrary<unknown>>)
    .map(args => Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) as JsonObject);
}

const calls = fc.constantFrom(...tools).chain(tool => ARGUMENTS[tool.name]!.map(args => ({ tool, args })));

describe('every tool, called with anything over hostile data', () => {
  it('has arguments here for each tool', () => {
    expect(Object.keys(ARGUMENTS).sort()).toEqual(tools.map(tool => tool.name).sort());
  });

  it('keeps the budget, the secrets, the fence and the facts', { timeout: 3_600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(calls, async ({ tool, args }) => {
        const outcome = await callTool(application, { tool, args, caller: LOCAL, signal: new AbortController().signal });
        keepIds(outcome);
        count(tool.name, outcome);
        checkBudget(outcome, typeof args['max_tokens'] === 'number' && args['max_tokens'] >= 200 ? args['max_tokens'] : tool.defaultTokens);
        checkStrings(outcome);
        checkSecrets(outcome);
        checkFence(outcome.text);
        checkFacts(outcome);
        if ('zzz' in args) expect(outcome.structured['error']).toMatchObject({ code: 'unknown_argument' });
        expect((outcome.structured['error'] as JsonObject | undefined)?.['code']).not.toBe('internal');
      }),
      { numRuns: CALLS, seed: SEED, endOnFailure: true },
    );
    const shares = [...tally].map(([name, { calls: n, data }]) => ({ name, calls: n, share: data / n }));
    console.log(shares.map(({ name, calls: n, share }) => `${name} ${(100 * share).toFixed(0)} % of ${n}`).join(' · '));
    const all = [...tally.values()].reduce((sum, entry) => ({ calls: sum.calls + entry.calls, data: sum.data + entry.data }), {
      calls: 0,
      data: 0,
    });
    expect(all.data / all.calls).toBeGreaterThanOrEqual(DATA_SHARE);
  });
});

function keepIds({ structured }: Outcome): void {
  const id = (structured['result'] as JsonObject | undefined)?.['id'];
  // The store keeps the newest: only ids that it still has are asked for.
  if (typeof id === 'string') results[made++ % KEPT_IDS] = id;
  for (const found of JSON.stringify(structured).match(/ev_[a-z0-9]{12}/g) ?? []) if (evidence.length < 400) evidence.push(found);
}

function count(name: string, { structured, failed }: Outcome): void {
  const entry = tally.get(name) ?? { calls: 0, data: 0 };
  const own = ['notes', 'truncated', 'evidence'];
  const rows = Object.entries(structured).some(([key, value]) => !own.includes(key) && Array.isArray(value) && value.length > 0);
  const shown = (name === 'get_evidence' && 'signal' in structured) || (name === 'record_incident' && 'recordedBy' in structured);
  tally.set(name, { calls: entry.calls + 1, data: entry.data + Number(!failed && (rows || shown)) });
}

function checkBudget({ structured, text }: Outcome, budget: number): void {
  const json = JSON.stringify(structured);
  for (const form of [json, text]) expect(Math.max(countO200k(form), countCl100k(form)), form.slice(0, 3000)).toBeLessThanOrEqual(budget);
}

function checkStrings({ structured, text }: Outcome): void {
  for (const leaf of statedFacts(structured)) if (typeof leaf === 'string') expect(leaf.length).toBeLessThanOrEqual(2000);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(2000);
}

function checkSecrets({ structured, text }: Outcome): void {
  const all = JSON.stringify(structured) + text;
  for (const { leaks } of SECRETS) expect(all).not.toContain(leaks);
  for (const personal of PERSONAL) expect(all).not.toContain(personal);
}

/** Exactly one fence, closed once, and nothing in it that could close it or pose as somebody's turn. */
function checkFence(text: string): void {
  const lines = text.split('\n');
  const opened = lines.filter(line => line.startsWith('<telemetry>'));
  const closed = lines.filter(line => line === '</telemetry>');
  expect(opened.length).toBeLessThanOrEqual(1);
  expect(closed.length).toBe(opened.length);
  expect(text.split('</telemetry>').length - 1).toBe(closed.length);
  expect(text).not.toMatch(/<\/?system>|```|[\u202a-\u202e\u200b\u0007]/);
}

function checkFacts({ structured, text, failed }: Outcome): void {
  if (failed) return;
  const flat = text.replaceAll('\n   ', '');
  for (const leaf of statedFacts(structured)) expect(states(flat, leaf), `${JSON.stringify(leaf)} is only in one form`).toBe(true);
}
