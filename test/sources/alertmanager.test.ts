import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SreError } from '../../src/model/errors.ts';
import type { Source } from '../../src/model/source.ts';
import { createHttp } from '../../src/runtime/http.ts';
import { alertmanagerSource } from '../../src/sources/alertmanager.ts';
import { loopback } from '../kit/loopback.ts';
import { recorder, replayer } from '../kit/recording.ts';
import { io } from './prometheus-answers.ts';

const FILE = fileURLToPath(new URL('../fixtures/prometheus/alertmanager.json', import.meta.url));
/** Address of a real Alertmanager with three alerts: one heard, one silenced, one inhibited by the first. */
const RECORD = process.env['SRE_RECORD_ALERTMANAGER'];
const NOW = Date.UTC(2026, 10, 24, 18, 20);
const HOUR = 3_600_000;
const WINDOW = { start: NOW - HOUR, end: NOW };

let source: Source;
const closing: (() => Promise<void>)[] = [];
let save = () => {};
let seen: readonly { readonly url: string }[] = [];

beforeAll(async () => {
  const ends = (close: () => Promise<void>) => void closing.push(close);
  const server = RECORD ? await recorder(RECORD, ends) : await replayer(FILE, ends);
  if ('save' in server)
    save = () => server.save(FILE, 'Alertmanager 0.25 with three alerts and a silence; recorded by test/sources/alertmanager.test.ts');
  ({ seen } = server);
  const http = createHttp({ id: 'am', baseUrl: server.url }, () => Date.now());
  closing.push(() => http.close());
  source = alertmanagerSource({ id: 'am', page: 'https://am.example' }, http);
});

afterAll(async () => {
  save();
  await Promise.all(closing.map(close => close()));
});

test('what fires, and what of it nobody hears of and why', async () => {
  const { data, evidence, complete } = await source.alerts!.query({ window: WINDOW }, io(NOW));
  expect(complete).toBe(true);
  expect(
    data.map(({ name, service, severity, state, mutedBy, end, summary }) => ({ name, service, severity, state, mutedBy, end, summary })),
  ).toEqual([
    {
      name: 'DiskFilling',
      service: 'archive',
      severity: 'ticket',
      state: 'silenced',
      mutedBy: 'archive is being moved, by night shift, until 2039-12-31T00:00:00Z',
      end: undefined,
      summary: 'Disk of a-1',
    },
    {
      name: 'HighErrorRate',
      service: 'checkout',
      severity: 'page',
      state: 'firing',
      mutedBy: undefined,
      end: undefined,
      summary: 'Errors of checkout',
    },
    {
      name: 'SlowQueries',
      service: 'checkout',
      severity: 'ticket',
      state: 'inhibited',
      mutedBy: 'alert 6e890fd1d2e6636f',
      end: undefined,
      summary: 'Slow queries',
    },
  ]);
  expect(evidence).toMatchObject({ source: 'am', signal: 'alerts', link: expect.stringContaining('https://am.example/#/alerts') });
});

test('by service and by window', async () => {
  const names = async (query: object) => (await source.alerts!.query({ window: WINDOW, ...query }, io(NOW))).data.map(({ name }) => name);
  expect(await names({ services: ['archive'] })).toEqual(['DiskFilling']);
  expect(await names({ services: ['a-1:9100'] })).toEqual(['DiskFilling']);
  expect(await names({ window: { start: NOW - 3 * HOUR, end: NOW - 2 * HOUR } })).toEqual(['DiskFilling']);
});

test('of the past it says that it does not know it', async () => {
  const { notes } = await source.alerts!.query({ window: { start: NOW - 3 * HOUR, end: NOW - 2 * HOUR } }, io(NOW));
  expect(notes).toContainEqual(expect.objectContaining({ kind: 'not_looked_at', remedy: expect.stringContaining('Prometheus') }));
});

test('its configuration, which holds secrets, is never asked for', () => {
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.filter(({ url }) => url.includes('status'))).toEqual([]);
});

test('what it says when it refuses is a bare text, and stays out of ours', async () => {
  const server = await loopback((_request, response) => {
    response.writeHead(400, { 'content-type': 'application/json' }).end('"bad matcher format: {"\n');
  });
  const http = createHttp({ id: 'am', baseUrl: server.url }, () => Date.now());
  closing.push(() => http.close());
  const failure = await alertmanagerSource({ id: 'am' }, http)
    .alerts!.query({ window: WINDOW }, io(NOW))
    .then(
      () => undefined,
      (error: unknown) => error as SreError,
    );
  expect(failure).toBeInstanceOf(SreError);
  expect(failure).toMatchObject({ code: 'invalid_argument', message: 'Source am does not accept the filter.' });
});
