import type { MetricQuery } from '../../src/model/series.ts';

/** A portable question over the series of scripts/promql-data.mjs, and what a person would ask Prometheus itself for the same. */
export interface Portable {
  readonly query: Omit<MetricQuery, 'window'>;
  /** Expressions whose results together are the answer. Without a step of the query their stored samples are meant. */
  readonly same: readonly { readonly promql: string; readonly name?: string; readonly quantile?: string }[];
}

const eq = (field: string, value: string) => ({ field, op: '=', value }) as const;
const MINUTE = 60_000;

/** Quantiles of a native histogram as one expression each. */
const quantiles = (name: string, rate: string) =>
  ['0.5', '0.95', '0.99'].map(quantile => ({ promql: `histogram_quantile(${quantile}, ${rate})`, name, quantile }));

export const PORTABLE: readonly Portable[] = [
  { query: { metric: 'http_requests_total' }, same: [{ promql: 'http_requests_total' }] },
  { query: { metric: 'http_requests_total', services: ['cart'] }, same: [{ promql: 'http_requests_total{service="cart"}' }] },
  {
    query: { metric: 'http_requests_total', services: ['cart'], where: [eq('code', '500')] },
    same: [{ promql: 'http_requests_total{service="cart",code="500"}' }],
  },
  {
    query: {
      metric: 'http_requests_total',
      where: [
        { field: 'code', op: '!=', value: '200' },
        { field: 'region', op: '~', value: '^e' },
      ],
    },
    same: [{ promql: 'http_requests_total{code!="200",region=~"e.*"}' }],
  },
  { query: { metric: 'memory_*' }, same: [{ promql: '{__name__=~"memory_.*"}' }] },
  { query: { metric: 'memory_*', services: ['stock'] }, same: [{ promql: '{__name__=~"memory_.*",service="stock"}' }] },
  { query: { metric: 'memory_used_bytes', services: ['cart-0'] }, same: [{ promql: 'memory_used_bytes{pod="cart-0"}' }] },
  {
    query: { metric: 'memory_used_bytes', where: [{ field: 'pod', op: '~', value: 'art-[01]$' }] },
    same: [{ promql: 'memory_used_bytes{pod=~"cart-[01]"}' }],
  },
  {
    query: { metric: 'memory_used_bytes', where: [{ field: 'pod', op: '!~', value: '^stock' }] },
    same: [{ promql: 'memory_used_bytes{pod!~"stock.*"}' }],
  },
  {
    query: { metric: 'http_requests_total', where: [{ field: 'code', op: '>=', value: '500' }] },
    same: [{ promql: 'http_requests_total{code=~"5.."}' }],
  },
  { query: { metric: 'queue_depth', where: [eq('queue', 'orders')], step: MINUTE }, same: [{ promql: 'queue_depth{queue="orders"}' }] },
  { query: { metric: 'http_requests_total', step: 2 * MINUTE }, same: [{ promql: 'http_requests_total' }] },
  {
    query: { metric: 'http_requests_total', services: ['cart'], where: [eq('region', 'us')], step: MINUTE },
    same: [{ promql: 'http_requests_total{service="cart",region="us"}' }],
  },
  { query: { metric: 'busy_workers' }, same: [{ promql: 'busy_workers' }] },
  { query: { metric: 'busy_workers', step: 30_000 }, same: [{ promql: 'busy_workers' }] },
  { query: { metric: 'disk_free_bytes', step: 5 * MINUTE }, same: [{ promql: 'disk_free_bytes' }] },
  {
    query: { metric: 'cpu_seconds_total', where: [{ field: 'pod', op: '~', value: '^(a|b)$' }] },
    same: [{ promql: 'cpu_seconds_total{pod=~"a|b"}' }],
  },
  { query: { metric: 'temperature_celsius' }, same: [{ promql: 'temperature_celsius' }] },
  {
    query: { metric: 'request_latency_seconds', services: ['cart'], step: 2 * MINUTE },
    same: [
      { promql: 'histogram_count(request_latency_seconds{service="cart"})', name: 'request_latency_seconds_count' },
      { promql: 'histogram_sum(request_latency_seconds{service="cart"})', name: 'request_latency_seconds_sum' },
      ...quantiles('request_latency_seconds', 'rate(request_latency_seconds{service="cart"}[2m])'),
    ],
  },
  {
    query: { metric: 'http_request_duration_seconds', services: ['stock'], step: MINUTE },
    same: [
      { promql: '{__name__=~"http_request_duration_seconds_(count|sum)",service="stock"}' },
      ...quantiles(
        'http_request_duration_seconds',
        'sum by (le, service) (rate(http_request_duration_seconds_bucket{service="stock"}[1m]))',
      ),
    ],
  },
  { query: { metric: 'http_request_duration_seconds_count' }, same: [{ promql: 'http_request_duration_seconds_count' }] },
  {
    query: { metric: 'http_request_duration_seconds_bucket', where: [eq('le', '0.5')] },
    same: [{ promql: 'http_request_duration_seconds_bucket{le="0.5"}' }],
  },
  { query: { metric: 'http_requests_total', where: [eq('service', 'stock')] }, same: [{ promql: 'http_requests_total{service="stock"}' }] },
  { query: { metric: 'http_requests' }, same: [{ promql: 'http_requests_total' }] },
  { query: { metric: 'memory_used_bytes', where: [eq('entity', 'cart-1')] }, same: [{ promql: 'memory_used_bytes{pod="cart-1"}' }] },
  {
    query: { metric: 'http_requests_total', services: ['cart', 'stock'], where: [{ field: 'code', op: '~', value: '^5' }], step: 90_000 },
    same: [{ promql: 'http_requests_total{service=~"cart|stock",code=~"5.*"}' }],
  },
  { query: { metric: 'queue_depth', where: [{ field: 'version', op: '!=', value: '2' }] }, same: [{ promql: 'queue_depth' }] },
];
