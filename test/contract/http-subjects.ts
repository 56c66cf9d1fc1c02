import type { Source } from '../../src/model/source.ts';
import { type BackEndOptions, backEnds } from '../../src/runtime/back-ends.ts';
import type { HttpClient } from '../../src/runtime/http.ts';
import { alertmanagerSource } from '../../src/sources/alertmanager.ts';
import { prometheusSource } from '../../src/sources/prometheus.ts';
import type { Loopback } from '../kit/loopback.ts';
import { END, FIRED, NOW, rowsOf, START } from './data.ts';
import type { Asked, Subject } from './source-contract.ts';

/** A source whose back end is reached over HTTP, and what the contract asks of it. */
export interface HttpSubject {
  readonly name: string;
  readonly kind: 'prometheus' | 'alertmanager';
  readonly asked: readonly Asked[];
}

const window = { start: START, end: END };
const MISSPELT_SERVICE = [{ query: { services: ['checkotu'] }, right: 'checkout' }];
const ALERTS: Asked = { signal: 'alerts', window, rows: FIRED.length, stretches: true, misspelt: MISSPELT_SERVICE };
const METRICS: Asked = {
  signal: 'metrics',
  window,
  query: { metric: 'http_requests_total' },
  rows: rowsOf('http_requests_total'),
  limited: true,
  misspelt: [
    { query: { metric: 'http_request_total' }, right: 'http_requests_total' },
    ...MISSPELT_SERVICE,
    { query: { where: [{ field: 'cod', op: '=', value: '200' }] }, right: 'code' },
    { query: { metric: undefined, native: 'rate(http_request_total[1m])' }, right: 'http_requests_total' },
    { query: { metric: undefined, native: 'sum(rate(http_requests_total{cod="200"}[1m]))' }, right: 'code' },
  ],
};

export const PROMETHEUS: HttpSubject = { name: 'prometheus', kind: 'prometheus', asked: [METRICS, ALERTS] };
export const VICTORIAMETRICS: HttpSubject = { name: 'victoriametrics', kind: 'prometheus', asked: [METRICS, ALERTS] };
export const ALERTMANAGER: HttpSubject = { name: 'alertmanager', kind: 'alertmanager', asked: [ALERTS] };
export const HTTP_SUBJECTS = [PROMETHEUS, VICTORIAMETRICS, ALERTMANAGER];

export const PAGE = 'https://pages.example.org/metrics';
export const PASSWORD = 'contract-hunter-17';

/** The source as it is wired for use, but for the clock, which stands still a few minutes after the last record. */
export function sourceAt(
  subject: HttpSubject,
  url: string,
  options: BackEndOptions = {},
  tryTimeoutMs = 20_000,
): { source: Source; http: HttpClient } {
  const password = async () => PASSWORD;
  const http = backEnds(
    () => NOW,
    options,
  )({ id: subject.name, baseUrl: url, auth: { kind: 'basic', username: 'reader', password }, tryTimeoutMs });
  const own = { id: subject.name, page: PAGE };
  return { source: subject.kind === 'prometheus' ? prometheusSource(own, http) : alertmanagerSource(own, http), http };
}

/** What the contract is held against: the source, and the counterpart that counts its requests. */
export function subjectAt(subject: HttpSubject, counterpart: Loopback, done: () => void = () => {}): Subject {
  const clients: HttpClient[] = [];
  const again = () => {
    const { source, http } = sourceAt(subject, counterpart.url);
    clients.push(http);
    return source;
  };
  return {
    source: again(),
    again,
    now: NOW,
    page: PAGE,
    secrets: [PASSWORD, Buffer.from(`reader:${PASSWORD}`).toString('base64')],
    counterpart,
    async close() {
      await Promise.all(clients.map(http => http.close()));
      await counterpart.close();
      done();
    },
  };
}

/** Answers of the real servers, recorded by the live suite with SRE_RECORD=1. */
export function recordingOf({ name }: HttpSubject): string {
  return new URL(`../fixtures/contract/${name}.json`, import.meta.url).pathname;
}
