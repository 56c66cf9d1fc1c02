// Writes the incident bundle: logs as the programs wrote them, metrics from Prometheus, traces, alert transitions, changes.
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';

const logsRoot = '/srv/run/logs';
const stepSeconds = 10;
/** Series that nobody looks at: they would be half of the recording. */
const leftOut =
  /^(go_|promhttp_|prometheus_|pg_settings_|pg_exporter_|postgres_exporter_|redis_config_|redis_exporter_|nodejs_gc_|nodejs_heap_space_|nodejs_version|nodejs_active_(resources|handles|requests)$|nodejs_eventloop_lag_(min|mean|stddev)|process_(max_fds|virtual|start_time|cpu_(user|system))|scrape_|ALERTS|node_scrape_|node_exporter_|nginxexporter_|pg_stat_database_conflicts|pg_static|redis_(instance_info|slave_info|db_keys_expiring|latency_percentiles|commands_latencies)|namedprocess_scrape|process_exporter_|namedprocess_namegroup_(thread|states|threads))|_created$/;

export function makeRecorder(listenHost) {
  const traces = [];
  const alerts = [];
  const changes = [];
  let recording = false;
  let begin;
  let offsets;

  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    response.setHeader('content-type', 'application/json');
    response.end('{}');
    if (!recording) return;
    const body = Buffer.concat(chunks).toString();
    if (request.url === '/v1/traces') traces.push(body);
    if (request.url === '/alerts') alerts.push(JSON.parse(body));
  });

  return {
    alerts,
    listen: () => new Promise(resolve => server.listen(4318, listenHost, resolve)),
    close: () => server.close(),
    addChange: event => changes.push(event),

    begin() {
      begin = new Date();
      recording = true;
      offsets = new Map(filesBelow(logsRoot).map(path => [path, statSync(path).size]));
      return begin;
    },

    /** Writes everything into `folder`; Prometheus must still be up. */
    async write(folder, { title, zone, dashboards }) {
      recording = false;
      const end = new Date();
      const put = (path, text) => {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), path.endsWith('.gz') ? gzipSync(text, { level: 9 }) : text);
      };
      put('bundle.yaml', `title: ${title}\nzone: ${zone}\n`);
      for (const path of filesBelow(logsRoot))
        await copyLog(path, join(folder, 'logs', `${relative(logsRoot, path)}.gz`), offsets.get(path) ?? 0);
      for (const [job, text] of await metricsCsv(begin, end)) put(`metrics/${job}.csv.gz`, text);
      put('traces/otlp.jsonl.gz', traces.map(line => `${line.trim()}\n`).join(''));
      put('alerts/alertmanager.jsonl.gz', alerts.map(body => `${JSON.stringify(body)}\n`).join(''));
      put(
        'changes/changes.jsonl.gz',
        changes
          .filter(event => Date.parse(event.time) >= begin.getTime())
          .map(event => `${JSON.stringify(event)}\n`)
          .join(''),
      );
      for (const [name, path] of Object.entries(dashboards)) {
        if (!existsSync(path)) continue;
        await pipeline(
          createReadStream(path),
          createGzip({ level: 9 }),
          createWriteStream(ensure(join(folder, `dashboards/${name}.json.gz`))),
        );
      }
      return { begin, end };
    },
  };
}

const ensure = path => {
  mkdirSync(dirname(path), { recursive: true });
  return path;
};

const filesBelow = root =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name))
    .sort();

async function copyLog(from, to, start) {
  if (statSync(from).size <= start) return;
  await pipeline(createReadStream(from, { start }), createGzip({ level: 9 }), createWriteStream(ensure(to)));
}

/** [job, long CSV] pairs: `time,metric,value,service,instance,…` with the job's other labels as further columns. */
async function metricsCsv(begin, end) {
  const api = async (path, parameters) => {
    const response = await fetch(`http://mon-1:9090/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const { status, data, error } = await response.json();
    if (status !== 'success') throw new Error(`Prometheus: ${error}`);
    return data;
  };
  const from = Math.ceil(begin / 1000 / stepSeconds) * stepSeconds;
  const to = Math.floor(end / 1000 / stepSeconds) * stepSeconds;
  const names = (await api('label/__name__/values', {})).filter(name => !leftOut.test(name));
  const jobs = new Map();
  for (const name of names) {
    const { result } = await api('query_range', { query: `{__name__="${name}"}`, start: from, end: to, step: stepSeconds });
    for (const { metric, values } of result) {
      const { __name__, job = 'derived', ...labels } = metric;
      if (job !== 'app' && !job.startsWith('app-') && /^process_/.test(name)) continue; // the exporter's own process, not what it watches
      const key = job.replace('-tls', '');
      if (!jobs.has(key)) jobs.set(key, []);
      jobs.get(key).push({ name, labels, values });
    }
  }
  return [...jobs].map(([job, series]) => {
    const extra = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))]
      .filter(label => label !== 'service' && label !== 'instance')
      .sort();
    const columns = ['service', 'instance', ...extra].filter(label => series.some(({ labels }) => labels[label]));
    const lines = [['time', 'metric', 'value', ...columns].join(',')];
    for (const { name, labels, values } of series) {
      const tail = columns.map(label => cell(labels[label] ?? '')).join(',');
      for (const [seconds, value] of values) lines.push(`${new Date(seconds * 1000).toISOString().slice(0, 19)}Z,${name},${value},${tail}`);
    }
    return [job, `${lines.join('\n')}\n`];
  });
}

const cell = text => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
