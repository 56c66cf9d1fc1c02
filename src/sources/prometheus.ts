import type { Io, Source } from '../model/source.ts';
import type { HttpClient } from '../runtime/http.ts';
import { alertSource } from './prometheus/alerts.ts';
import { isFields, type PrometheusApi, prometheusApi, text } from './prometheus/api.ts';
import { describe } from './prometheus/describe.ts';
import { healthOf } from './prometheus/health.ts';
import { metricSource } from './prometheus/metrics.ts';
import type { PrometheusOptions } from './prometheus/options.ts';

export type { PrometheusOptions };

/**
 * Prometheus and what speaks its API: Mimir, Cortex, Thanos, VictoriaMetrics, Amazon Managed Prometheus. Everything is read, nothing is
 * kept; retries, limits and the cache are the client's.
 */
export function prometheusSource(options: PrometheusOptions, http: HttpClient): Source {
  const api = prometheusApi(http, options.id);
  return {
    id: options.id,
    kind: 'prometheus',
    ...(options.region ? { region: options.region } : {}),
    recorded: false,
    metrics: metricSource(api, options),
    alerts: alertSource(api, options),
    describe: (words, io) => describe(api, options, words, io),
    check: io =>
      healthOf(
        http,
        { id: options.id, path: '/api/v1/query?query=vector(1)', isIt: answer => answer.status === 200 && /"success"/.test(answer.body) },
        io,
        () => versionNotes(api, options.id, io),
      ),
  };
}

async function versionNotes(api: PrometheusApi, id: string, io: Io) {
  const told = await api.optional('/status/buildinfo', undefined, io);
  const version = told && isFields(told.data) ? text(told.data['version']) : '';
  const application = told && isFields(told.data) ? text(told.data['application']) : '';
  if (!/^[\w.+~-]{1,60}$/.test(version)) return [];
  return [
    {
      kind: 'assumption' as const,
      source: id,
      text: `${id} is ${/^[\w .-]{1,40}$/.test(application) ? application : 'Prometheus'} ${version}.`,
    },
  ];
}
