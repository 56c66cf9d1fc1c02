import type { Source } from '../../src/model/source.ts';
import { type BackEndOptions, backEnds } from '../../src/runtime/back-ends.ts';
import type { HttpClient } from '../../src/runtime/http.ts';
import { alertmanagerSource } from '../../src/sources/alertmanager.ts';
import { prometheusSource } from '../../src/sources/prometheus.ts';
import { type Fault, faultyProxy } from '../kit/faulty-proxy.ts';
import type { Loopback } from '../kit/loopback.ts';
import { END, FIRED, NOW, rowsOf, START } from './data.ts';
import type { Asked, Subject } from './source-contract.ts';

/** A source whose back end is reached over HTTP, and what the contract asks of it. */
export interface HttpSubject {
  readonly name: string;
  readonly kind: 'prometheus' | 'alertmanager';
  readonly asked: readonly Asked[];
  /** How it says that a part is missing. */
  readonly partial: Pick<Fault, 'serve'> & { readonly path: RegExp };
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

/** As Thanos names a store that failed. */
const STORE_DOWN: HttpSubject['partial'] = {
  path: /./,
  async serve(response, honest) {
    const { status, headers, body } = await honest();
    const warned = body.replace(/^\{/, '{"warnings":["receive series from Addr: store-2:10901: rpc error: code = Unavailable"],');
    response.writeHead(status, headers).end(warned);
  },
};
const PART: HttpSubject['partial'] = {
  path: /./,
  async serve(response, honest) {
    const { status, headers, body } = await honest();
    response.writeHead(status, headers).end(body.replace(/^\{/, '{"isPartial":true,').replace('"isPartial":false,', ''));
  },
};
const NO_SILENCES: HttpSubject['partial'] = { path: /silences/, serve: response => void response.writeHead(403).end('denied') };

export const PROMETHEUS: HttpSubject = { name: 'prometheus', kind: 'prometheus', asked: [METRICS, ALERTS], partial: STORE_DOWN };
export const VICTORIAMETRICS: HttpSubject = { name: 'victoriametrics', kind: 'prometheus', asked: [METRICS, ALERTS], partial: PART };
export const ALERTMANAGER: HttpSubject = { name: 'alertmanager', kind: 'alertmanager', asked: [ALERTS], partial: NO_SILENCES };
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
  const closing: (() => Promise<void>)[] = [];
  const again = (url = counterpart.url) => {
    const { source, http } = sourceAt(subject, url);
    clients.push(http);
    return source;
  };
  return {
    async partial() {
      const proxy = await faultyProxy(counterpart.url, close => closing.push(close));
      proxy.inject({ name: 'partial', expect: ['answer'], serve: subject.partial.serve }, subject.partial.path);
      return again(proxy.url);
    },
    source: again(),
    again: () => again(),
    now: NOW,
    page: PAGE,
    secrets: [PASSWORD, Buffer.from(`reader:${PASSWORD}`).toString('base64')],
    counterpart,
    async close() {
      await Promise.all([...clients.map(http => http.close()), ...closing.map(close => close())]);
      await counterpart.close();
      done();
    },
  };
}

/** Answers of the real servers, recorded by the live suite with SRE_RECORD=1. */
export function recordingOf({ name }: HttpSubject): string {
  return new URL(`../fixtures/contract/${name}.json`, import.meta.url).pathname;
}
