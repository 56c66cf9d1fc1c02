import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { importLines, openMetrics, POSTED_ALERTS } from '../contract/data.ts';

export interface LiveServers {
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly victoriametrics: string;
}

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;
const cache = join(root, '.ci', 'cache', 'debian');
const unpacked = join(cache, 'root');
/** Where Debian's Alertmanager looks for its templates, and stops when they are not there. */
const TEMPLATES = '/usr/share/prometheus/alertmanager';
const FETCH_MS = 180_000;
const READY_MS = 30_000;

/** Programs by the Debian package that brings them. */
const PACKAGES = {
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  'victoria-metrics': 'victoria-metrics',
} as const;
type Program = keyof typeof PACKAGES;

/**
 * Starts the real servers on free ports of this machine, with the contract's telemetry in them and a rule that fires to Alertmanager. What
 * is not installed is fetched from Debian and unpacked, without root. Anything that cannot be had is an error, never a skip.
 */
export async function startServers(): Promise<{ readonly servers: LiveServers; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'sre-live-'));
  const started: ChildProcess[] = [];
  const stop = async () => {
    await Promise.all(started.map(ended));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [prometheus, promtool, alertmanager, victoria] = [
      await program('prometheus'),
      await program('promtool'),
      await program('prometheus-alertmanager'),
      await program('victoria-metrics'),
    ];
    await templates();
    const ports = await freePorts(3);
    const [prom, am, vm] = ports.map(port => `127.0.0.1:${port}`) as [string, string, string];
    write(folder, 'prometheus.yml', prometheusConfig(am));
    write(folder, 'rules.yml', RULES);
    write(folder, 'alertmanager.yml', ALERTMANAGER_CONFIG);
    write(folder, 'data.om', openMetrics());
    const data = join(folder, 'prometheus');
    mkdirSync(data);
    await run(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'data.om'), data], { timeout: 60_000 });

    const start = (path: string, args: readonly string[], log: string) => {
      const out = openSync(join(folder, log), 'w');
      started.push(spawn(path, args, { stdio: ['ignore', out, out], cwd: folder }));
      return join(folder, log);
    };
    const logs = [
      start(
        prometheus,
        [
          // Neither its folder nor this machine's name shows in what it answers, which is recorded.
          '--config.file=prometheus.yml',
          '--web.external-url=http://prometheus.example.org',
          `--storage.tsdb.path=${data}`,
          '--storage.tsdb.retention.time=100y',
          `--web.listen-address=${prom}`,
          // The first message may be lost: it is ready before it has found its Alertmanager.
          '--rules.alert.resend-delay=1s',
          '--log.level=warn',
        ],
        'prometheus.log',
      ),
      start(
        alertmanager,
        [
          `--config.file=${join(folder, 'alertmanager.yml')}`,
          `--storage.path=${join(folder, 'alertmanager')}`,
          `--web.listen-address=${am}`,
          '--cluster.listen-address=',
        ],
        'alertmanager.log',
      ),
      start(
        victoria,
        [`-httpListenAddr=${vm}`, `-storageDataPath=${join(folder, 'victoria')}`, '-retentionPeriod=100y', '-loggerLevel=WARN'],
        'victoria.log',
      ),
    ];
    const servers = { prometheus: `http://${prom}`, alertmanager: `http://${am}`, victoriametrics: `http://${vm}` };
    await ready(`${servers.prometheus}/-/ready`, logs[0]!);
    await ready(`${servers.alertmanager}/-/ready`, logs[1]!);
    await ready(`${servers.victoriametrics}/health`, logs[2]!);
    await load(servers);
    return { servers, stop };
  } catch (failure) {
    await stop();
    throw failure;
  }
}

async function load({ prometheus, alertmanager, victoriametrics }: LiveServers): Promise<void> {
  await sent(`${victoriametrics}/api/v1/import`, importLines());
  await sent(`${victoriametrics}/internal/force_flush`);
  await sent(`${alertmanager}/api/v2/alerts`, JSON.stringify(POSTED_ALERTS), 'application/json');
  await until('the historical samples', async () =>
    (await read(`${prometheus}/api/v1/series?match[]=queue_depth&start=1&end=${Date.now() / 1000}`)).includes('queue_depth'),
  );
  await until('the rule that fires', async () => (await read(`${alertmanager}/api/v2/alerts`)).includes('AlwaysFiring'));
}

/** The path of a program: installed, fetched before, or fetched now. */
export async function program(name: Program): Promise<string> {
  const installed = (process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, name));
  const known = [...installed, join(unpacked, 'usr', 'bin', name)].find(path => existsSync(path));
  if (known) return known;
  mkdirSync(unpacked, { recursive: true });
  const bundle = PACKAGES[name];
  await run('apt-get', ['download', bundle], { cwd: cache, timeout: FETCH_MS }).catch(async () => {
    // Lists of packages that are missing or too old.
    await run('apt-get', ['update'], { timeout: FETCH_MS });
    await run('apt-get', ['download', bundle], { cwd: cache, timeout: FETCH_MS });
  });
  await run('sh', ['-c', `for f in ${bundle}_*.deb; do dpkg -x "$f" root; done && rm -f ${bundle}_*.deb`], {
    cwd: cache,
    timeout: FETCH_MS,
  });
  const path = join(unpacked, 'usr', 'bin', name);
  if (!existsSync(path)) throw new Error(`The Debian package ${bundle} brings no ${name}.`);
  return path;
}

async function templates(): Promise<void> {
  if (existsSync(join(TEMPLATES, 'default.tmpl'))) return;
  try {
    mkdirSync(dirname(TEMPLATES), { recursive: true });
    symlinkSync(join(unpacked, TEMPLATES), TEMPLATES);
  } catch (cause) {
    throw new Error(`Debian's Alertmanager wants its templates in ${TEMPLATES}: install its package, or link them there as root.`, {
      cause,
    });
  }
}

function prometheusConfig(alertmanager: string): string {
  return [
    'global: {scrape_interval: 1s, evaluation_interval: 1s}',
    `alerting: {alertmanagers: [{static_configs: [{targets: ['${alertmanager}']}]}]}`,
    'rule_files: [rules.yml]',
    '',
  ].join('\n');
}

const RULES = `groups:
- name: contract
  rules:
  - record: always:one
    expr: vector(1)
  - alert: AlwaysFiring
    expr: vector(1) > 0
    labels: {severity: page, service: checkout}
    annotations: {summary: 'Always {{ $value }}'}
- name: history
  interval: 15s
  rules:
  - alert: HighErrorRate
    expr: rate(http_requests_total{code="500"}[1m]) > 0.1
    labels: {severity: page}
    annotations: {summary: 'Errors of {{ $labels.service }}'}
`;

const ALERTMANAGER_CONFIG = `route: {receiver: nobody, group_wait: 1s, group_by: [alertname]}
receivers: [{name: nobody}]
`;

function write(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

async function read(url: string): Promise<string> {
  return await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text();
}

async function sent(url: string, body?: string, type = 'text/plain'): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    ...(body === undefined ? {} : { body, headers: { 'content-type': type } }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}

async function ready(url: string, log: string): Promise<void> {
  await until(url, async () => (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok).catch(failure => {
    throw new Error(`${(failure as Error).message}\n${readFileSync(log, 'utf8').slice(-4000)}`);
  });
}

export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + READY_MS;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > end) throw new Error(`Waited ${READY_MS / 1000} s in vain for ${what}.`);
    await new Promise(done => setTimeout(done, 50));
  }
}

export async function freePorts(n: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: n }, async () => {
      const server = createServer();
      await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
      return server;
    }),
  );
  const ports = servers.map(server => (server.address() as { port: number }).port);
  await Promise.all(servers.map(server => new Promise(done => server.close(done))));
  return ports;
}

/** Asks a process to end, and makes it when it does not. */
export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise(done => {
    const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
    child.once('exit', () => {
      clearTimeout(force);
      done();
    });
    child.kill('SIGTERM');
  });
}
