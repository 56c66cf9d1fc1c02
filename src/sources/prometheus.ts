import type { Io, Source } from '../model/source.ts';
import { healthOf, type Right } from '../runtime/http/diagnosis.ts';
import type { HttpClient } from '../runtime/http.ts';
import { alertSource } from './prometheus/alerts.ts';
import { isFields, isQueryAnswer, type PrometheusApi, prometheusApi, text } from './prometheus/api.ts';
import { describe } from './prometheus/describe.ts';
import { metricSource } from './prometheus/metrics.ts';
import type { PrometheusOptions } from './prometheus/options.ts';

export type { PrometheusOptions };

/** Where programs of this family put the API: Mimir, Cortex and Amazon; Grafana Cloud; a VictoriaMetrics cluster. */
const PREFIXES = ['/prometheus', '/api/prom', '/select/0/prometheus'];

/** Amazon grants each of them by itself; elsewhere a proxy may let some through and not others. */
const RIGHTS: readonly Right[] = [
  { what: 'label names', path: '/api/v1/labels?limit=1', missing: 'aps:GetLabels, or access to /api/v1/labels' },
  { what: 'series', path: '/api/v1/series?match%5B%5D=up&limit=1', missing: 'aps:GetSeries, or access to /api/v1/series' },
  { what: 'metadata of metrics', path: '/api/v1/metadata?limit=1', missing: 'aps:GetMetricMetadata, or access to /api/v1/metadata' },
  { what: 'alerting rules', path: '/api/v1/rules?type=alert', missing: 'aps:ListRules, or access to /api/v1/rules' },
];

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
        { id: options.id, path: '/api/v1/query?query=vector(1)', isIt: isQueryAnswer, prefixes: PREFIXES, rights: RIGHTS },
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
