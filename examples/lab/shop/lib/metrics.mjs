import client from 'prom-client';

client.collectDefaultMetrics();

export const registry = client.register;

export const served = new client.Histogram({
  name: 'http_server_request_duration_seconds',
  help: 'Requests answered',
  labelNames: ['method', 'route', 'code'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
});
export const inFlight = new client.Gauge({ name: 'http_server_active_requests', help: 'Requests in progress' });
export const called = new client.Counter({
  name: 'http_client_requests_total',
  help: 'Outgoing calls, each attempt counted',
  labelNames: ['target', 'code'],
});
export const callSeconds = new client.Counter({
  name: 'http_client_seconds_total',
  help: 'Time spent waiting for outgoing calls',
  labelNames: ['target'],
});
export const callFailures = new client.Counter({
  name: 'http_client_failures_total',
  help: 'Outgoing calls without an answer',
  labelNames: ['target', 'reason'],
});

export const counter = (name, help, labelNames = []) => new client.Counter({ name, help, labelNames });
export const gauge = (name, help, collect) => new client.Gauge({ name, help, collect });
