// Prometheus, Alertmanager and the exporters beside the shop.
import { hosts, scrapeTargets } from './plan.mjs';

const run = '/srv/run';
const etc = '/srv/shop/etc';

export async function startMonitoring(shop) {
  const program = (name, host, words, env = {}) =>
    shop.supervisor.start({
      name,
      host,
      command: words.split(/\s+/),
      env: { ...shop.environment, ...env },
      log: `${run}/monitoring/${name}.log`,
    });
  program('nginx-exporter', 'edge-1', 'prometheus-nginx-exporter -web.listen-address edge-1:9113 -nginx.scrape-uri http://edge-1/stub');
  program('nginx-log-exporter', 'edge-1', `${process.execPath} /srv/shop/nginx-log-exporter/main.mjs`, { BIND_ADDRESS: hosts['edge-1'] });
  program(
    'postgres-exporter',
    'db-1',
    `prometheus-postgres-exporter --web.listen-address=db-1:9187 --extend.query-path=${etc}/queries.yml --disable-settings-metrics`,
    { DATA_SOURCE_NAME: 'postgresql://postgres@db-1:5432/shop?sslmode=disable&application_name=postgres_exporter' },
  );
  program('redis-exporter', 'cache-1', 'prometheus-redis-exporter -web.listen-address cache-1:9121 -redis.addr redis://cache-1:6379');
  const collectors = 'cpu meminfo loadavg filesystem diskstats netdev netstat pressure stat'.replace(/\w+/g, '--collector.$&');
  program(
    'node-exporter',
    'node-1',
    `prometheus-node-exporter --web.listen-address=node-1:9100 --collector.disable-defaults ${collectors} --collector.filesystem.mount-points-exclude=^/(proc|sys|dev|etc|tmp|srv$|srv/shop.*)($|/)`,
  );
  program(
    'process-exporter',
    'node-1',
    `prometheus-process-exporter -web.listen-address node-1:9256 -config.path ${etc}/process.yml -threads=false`,
  );
  program(
    'alertmanager',
    'mon-1',
    `prometheus-alertmanager --config.file=${etc}/alertmanager.yml --storage.path=${run}/am --web.listen-address=mon-1:9093 --cluster.listen-address= --web.external-url=http://mon-1:9093`,
  );
  program(
    'prometheus',
    'mon-1',
    `prometheus --config.file=${etc}/prometheus.yml --storage.tsdb.path=${run}/prom --web.listen-address=mon-1:9090 --web.external-url=http://mon-1:9090`,
  );
  await shop.until('Prometheus ready', () => ready('http://mon-1:9090/-/ready'));
  await shop.until('Alertmanager ready', () => ready('http://mon-1:9093/-/ready'));
}

const ready = async url => (await fetch(url, { signal: AbortSignal.timeout(5000) })).ok;

export function prometheusConfig() {
  const jobs = new Map();
  for (const target of scrapeTargets) {
    const key = `${target.job}${target.https ? '-tls' : ''}`;
    jobs.set(key, [...(jobs.get(key) ?? []), target]);
  }
  const text = [...jobs].map(([key, targets]) => {
    const entries = targets.map(
      ({ target, service }) => `      - {targets: ["${target}"]${service ? `, labels: {service: ${service}}` : ''}}`,
    );
    const tls = targets[0].https ? '\n    scheme: https\n    tls_config: {insecure_skip_verify: true}' : '';
    const rule = relabelRules[key];
    const relabel = rule ? `\n    metric_relabel_configs:\n      - ${rule}` : '';
    return `  - job_name: ${key}${tls}\n    static_configs:\n${entries.join('\n')}${relabel}`;
  });
  return `global: {scrape_interval: 5s, scrape_timeout: 3s, evaluation_interval: 5s}
rule_files: [${etc}/rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ["mon-1:9093"]}]}]}
scrape_configs:
${text.join('\n')}
`;
}

const relabelRules = {
  process: '{source_labels: [groupname], regex: (.+), target_label: service}',
  node: '{source_labels: [mountpoint], regex: "|/|/srv/run/.+", action: keep}', // not the recording machine's other mounts
};

export const processNames = `process_names:
  - {name: postgres, comm: [postgres]}
  - {name: redis, comm: [redis-server]}
  - {name: nginx, comm: [nginx]}
`;
