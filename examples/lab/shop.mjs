// The shop as a whole: starts its programs inside the lab's own namespaces, and the handles that faults pull.
import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { hosts, instanceHosts, scrapeTargets, services, settings, userNetworks } from './plan.mjs';
import { makeSupervisor } from './supervisor.mjs';

const exec = promisify(execFile);
const run = '/srv/run';
const code = '/srv/shop';
const postgresPrograms = '/usr/lib/postgresql/15/bin';

/** @param {{ zone: string, seed: number, rate: number, daySeconds: number, root: boolean, template: string, source: string, lab: string, fault: object, onChange: (event) => void }} options */
export function makeShop(options) {
  const supervisor = makeSupervisor(`${run}/logs/supervisor/node-1.log`);
  const versions = Object.fromEntries(Object.entries(services).map(([name, { version }]) => [name, version]));
  const proxied = options.fault.proxied ?? [];
  const proxyAddress = (host) => hosts[host].replace('10.20.0.', '10.20.1.');
  const environment = { PATH: process.env.PATH, HOME: run, LANG: 'C.UTF-8' };

  const asPostgres = (command) =>
    options.root
      ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', ...command]
      : ['unshare', '-U', '--map-user=1000', '--map-group=1000', ...command]; // PostgreSQL refuses uid 0, also a mapped one

  const shop = {
    lab: options.lab,
    supervisor,
    versions,
    change: (event) => options.onChange({ time: new Date().toISOString(), ...event }),

    /** Output of a program. */
    exec: async (command, ...args) => (await exec(command, args, { env: environment, cwd: run })).stdout,
    sql: (text, { app = 'psql', user = 'shop' } = {}) =>
      exec('psql', ['-h', 'db-1', '-U', user, '-d', 'shop', '-qAtc', text], { env: { ...environment, PGAPPNAME: app } }).then((r) => r.stdout.trim()),
    redis: (...args) => exec('redis-cli', ['-h', 'cache-1', ...args]).then((r) => r.stdout.trim()),

    /** A program in the background that belongs to a fault; answers a function that ends it. */
    background(command, env = {}) {
      const child = spawn(command[0], command.slice(1), { env: { ...environment, ...env }, cwd: run, stdio: 'ignore', detached: true });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const end = async () => {
        if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
        await ended;
      };
      return Object.assign(end, { pid: child.pid });
    },

    /** Waits until `condition()` is true; throws after `limitMillis`. */
    async until(what, condition, limitMillis = 30_000) {
      for (const end = Date.now() + limitMillis; Date.now() < end; await sleep(150)) {
        if (await Promise.resolve(condition()).catch(() => false)) return;
      }
      throw new Error(`not within ${limitMillis / 1000} s: ${what}`);
    },

    fetchText: async (url) => {
      const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
      if (!response.ok) throw new Error(`${url} answered ${response.status}`);
      return response.text();
    },

    /**
     * Rolls out a new version, instance by instance. `patch` is a list of [old text, new text] applied to the service's source:
     * the difference that the version makes. No change event is written; that is the caller's business.
     */
    async release(name, version, patch, nodeOptions = []) {
      const from = `${code}/${name}/${versions[name]}`;
      const to = `${code}/${name}/${version}`;
      if (!existsSync(to)) {
        cpSync(from, to, { recursive: true });
        let text = readFileSync(`${to}/main.mjs`, 'utf8');
        for (const [before, after] of patch) {
          if (!text.includes(before)) throw new Error(`patch of ${name} does not apply: ${before}`);
          text = text.replace(before, () => after);
        }
        writeFileSync(`${to}/main.mjs`, text);
      }
      versions[name] = version;
      for (const host of instanceHosts(name)) {
        await supervisor.restart(host, serviceProgram(name, host, nodeOptions));
        await shop.until(`${host} up`, () => portOpen(host));
        await sleep(2000);
      }
    },

    readSettings: (name) => JSON.parse(readFileSync(`${code}/etc/${name}.json`, 'utf8')),

    /** Writes new settings of a service and has every instance reread them. */
    configure(name, value) {
      writeFileSync(`${code}/etc/${name}.json`, `${JSON.stringify(value, null, 2)}\n`);
      for (const host of instanceHosts(name)) supervisor.signal(host, 'SIGHUP');
    },

    serviceProgram,
    environment,
    asPostgres,
    setLoad: (factor) => writeFileSync(`${run}/load.json`, JSON.stringify({ factor })),
    setProxy: (mood) => writeFileSync(`${run}/proxy.json`, JSON.stringify(mood)),
    setAcquirer: (mood) => writeFileSync(`${run}/acquirer.json`, JSON.stringify(mood)),
    start,
    startLoad,
  };
  return shop;

  function serviceProgram(name, host, nodeOptions = []) {
    return {
      name: host,
      host,
      command: [process.execPath, ...nodeOptions, '--import', `${code}/lib/otel.mjs`, `${code}/${name}/${versions[name]}/main.mjs`],
      log: `${run}/logs/${name}/${host}.log`,
      env: {
        ...environment,
        TZ: options.zone,
        BIND_ADDRESS: hosts[host],
        SERVICE_VERSION: versions[name],
        OTEL_SERVICE_NAME: name,
        OTEL_RESOURCE_ATTRIBUTES: `service.version=${versions[name]},service.instance.id=${host},host.name=${host},deployment.environment.name=production`,
        OTEL_NODE_RESOURCE_DETECTORS: 'env',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://mon-1:4318',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        OTEL_SEMCONV_STABILITY_OPT_IN: 'http,database',
        ...options.fault.env?.[host],
      },
    };
  }

  async function start() {
    await network();
    layOutFiles();
    await startStores();
    for (const host of proxied) {
      supervisor.start({ name: `proxy-${host}`, command: [process.execPath, `${code}/tcp-proxy/main.mjs`, proxyAddress(host), hosts[host]], env: environment });
    }
    supervisor.start({
      name: 'acquirer', command: [process.execPath, `${code}/acquirer/main.mjs`], env: { ...environment, BIND_ADDRESS: hosts['api.acquirer.example'] },
    });
    for (const name of Object.keys(services)) for (const host of instanceHosts(name)) supervisor.start(serviceProgram(name, host));
    await shop.until('all services up', async () => (await Promise.all(Object.keys(services).flatMap(instanceHosts).map((host) => portOpen(host)))).every(Boolean));
    const local = { ...environment, TZ: options.zone };
    supervisor.start({ name: 'nginx', host: 'edge-1', command: ['nginx', '-p', `${run}/nginx`, '-c', `${code}/etc/nginx.conf`, '-e', `${run}/logs/nginx/error.log`], env: local, stopSignal: 'SIGQUIT' });
    await startMonitoring();
  }

  async function network() {
    await exec('ip', ['link', 'set', 'lo', 'up']);
    for (const address of Object.values(hosts)) await exec('ip', ['addr', 'add', `${address}/32`, 'dev', 'lo']);
    for (const host of proxied) await exec('ip', ['addr', 'add', `${proxyAddress(host)}/32`, 'dev', 'lo']);
    for (const range of userNetworks) await exec('ip', ['route', 'add', 'local', range, 'dev', 'lo']);
    const lines = ['127.0.0.1 localhost', ...Object.entries(hosts).map(([name, address]) => `${proxied.includes(name) ? proxyAddress(name) : address} ${name}`)];
    writeFileSync('/srv/hosts', `${lines.join('\n')}\n`);
    await exec('mount', ['--bind', '/srv/hosts', '/etc/hosts']);
  }

  function layOutFiles() {
    for (const folder of ['nginx', 'redis', 'prom', 'am', 'logs/nginx', 'logs/postgres', 'logs/redis']) mkdirSync(`${run}/${folder}`, { recursive: true });
    mkdirSync(`${code}/etc`, { recursive: true });
    cpSync(`${options.source}/lib`, `${code}/lib`, { recursive: true });
    for (const [name, { version }] of Object.entries(services)) cpSync(`${options.source}/services/${name}`, `${code}/${name}/${version}`, { recursive: true });
    cpSync(`${options.source}/services/acquirer`, `${code}/acquirer`, { recursive: true });
    cpSync(`${options.source}/services/nginx-log-exporter.mjs`, `${code}/nginx-log-exporter/main.mjs`);
    cpSync(`${options.source}/load`, `${code}/load`, { recursive: true });
    cpSync(`${options.source}/config`, `${code}/etc`, { recursive: true });
    cpSync(`${options.source}/services/tcp-proxy.mjs`, `${code}/tcp-proxy/main.mjs`);
    for (const [name, value] of Object.entries(settings)) {
      writeFileSync(`${code}/etc/${name}.json`, `${JSON.stringify({ ...value, ...options.fault.settings?.[name] }, null, 2)}\n`);
    }
    options.fault.prepareFiles?.();
    shop.setProxy({ delayMillis: 0, jitterMillis: 0 });
    writeFileSync(`${code}/etc/prometheus.yml`, prometheusConfig());
    writeFileSync(`${code}/etc/process.yml`, 'process_names:\n  - {name: postgres, comm: [postgres]}\n  - {name: redis, comm: [redis-server]}\n  - {name: nginx, comm: [nginx]}\n');
    shop.setLoad(1);
    shop.setAcquirer({ medianMillis: 45, failShare: 0 });
  }

  async function startStores() {
    await makeCertificates();
    await exec('cp', ['-a', options.template, `${run}/pg`]);
    const database = { name: 'postgres', host: 'db-1', command: asPostgres([`${postgresPrograms}/postgres`, '-D', `${run}/pg`]), log: `${run}/logs/postgres/db-1.log`, env: environment, stopSignal: 'SIGINT' };
    await exec('chmod', ['777', run]);
    supervisor.start(database);
    supervisor.start({ name: 'redis', host: 'cache-1', command: ['redis-server', `${code}/etc/redis.conf`], log: `${run}/logs/redis/cache-1.log`, env: { ...environment, TZ: options.zone } });
    await shop.until('PostgreSQL ready', () => exec('pg_isready', ['-h', 'db-1', '-q']).then(() => true));
    await shop.until('Redis ready', async () => (await shop.redis('ping')) === 'PONG');
  }

  /** An authority of the lab's own and a leaf for payment, in the present. */
  async function makeCertificates() {
    const openssl = (...args) => exec('openssl', args, { cwd: `${code}/etc` });
    await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '365', '-subj', '/CN=shop internal CA', '-keyout', 'ca.key', '-out', 'ca.crt');
    await openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=payment', '-keyout', 'payment.key', '-out', 'payment.csr');
    writeFileSync(`${code}/etc/payment.ext`, 'subjectAltName=DNS:payment,DNS:payment-1,DNS:payment-2\n');
    await openssl('x509', '-req', '-days', '90', '-in', 'payment.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'payment.ext', '-out', 'payment.crt');
  }

  async function startMonitoring() {
    const program = (name, host, command, env = {}) => supervisor.start({ name, host, command, env: { ...environment, ...env }, log: `${run}/monitoring/${name}.log` });
    program('nginx-exporter', 'edge-1', ['prometheus-nginx-exporter', '-web.listen-address', 'edge-1:9113', '-nginx.scrape-uri', 'http://edge-1/stub']);
    program('nginx-log-exporter', 'edge-1', [process.execPath, `${code}/nginx-log-exporter/main.mjs`], { BIND_ADDRESS: hosts['edge-1'] });
    program('postgres-exporter', 'db-1', ['prometheus-postgres-exporter', '--web.listen-address=db-1:9187', `--extend.query-path=${code}/etc/queries.yml`, '--disable-settings-metrics'], { DATA_SOURCE_NAME: 'postgresql://postgres@db-1:5432/shop?sslmode=disable&application_name=postgres_exporter' });
    program('redis-exporter', 'cache-1', ['prometheus-redis-exporter', '-web.listen-address', 'cache-1:9121', '-redis.addr', 'redis://cache-1:6379']);
    const collectors = ['cpu', 'meminfo', 'loadavg', 'filesystem', 'diskstats', 'netdev', 'netstat', 'pressure', 'stat'].map((name) => `--collector.${name}`);
    program('node-exporter', 'node-1', ['prometheus-node-exporter', '--web.listen-address=node-1:9100', '--collector.disable-defaults', ...collectors, '--collector.filesystem.mount-points-exclude=^/(proc|sys|dev|run|etc|tmp|home|usr|var|work|root|mnt|srv$|srv/shop.*)($|/)']);
    program('process-exporter', 'node-1', ['prometheus-process-exporter', '-web.listen-address', 'node-1:9256', '-config.path', `${code}/etc/process.yml`, '-threads=false']);
    program('alertmanager', 'mon-1', ['prometheus-alertmanager', `--config.file=${code}/etc/alertmanager.yml`, `--storage.path=${run}/am`, '--web.listen-address=mon-1:9093', '--cluster.listen-address=', '--web.external-url=http://mon-1:9093']);
    program('prometheus', 'mon-1', ['prometheus', `--config.file=${code}/etc/prometheus.yml`, `--storage.tsdb.path=${run}/prom`, '--web.listen-address=mon-1:9090', '--web.external-url=http://mon-1:9090']);
    await shop.until('Prometheus ready', () => shop.fetchText('http://mon-1:9090/-/ready'));
    await shop.until('Alertmanager ready', () => shop.fetchText('http://mon-1:9093/-/ready'));
  }

  function startLoad() {
    supervisor.start({
      name: 'load',
      command: [process.execPath, `${code}/load/main.mjs`],
      env: { ...environment, LOAD_RATE: String(options.rate), LOAD_DAY_SECONDS: String(options.daySeconds), LOAD_SEED: String(options.seed) },
      log: `${run}/load.log`,
    });
  }
}

/** Whether something listens there: a handshake-free look, so that TLS services are treated like the others. */
async function portOpen(host, port = 8080) {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function prometheusConfig() {
  const jobs = Map.groupBy ? Map.groupBy(scrapeTargets, jobKey) : groupBy(scrapeTargets, jobKey);
  const text = [...jobs.values()].map(([first, ...more]) => {
    const entries = [first, ...more].map(({ target, service }) => `      - {targets: ["${target}"]${service ? `, labels: {service: ${service}}` : ''}}`);
    const tls = first.https ? '\n    scheme: https\n    tls_config: {insecure_skip_verify: true}' : '';
    const rule = relabelRules[first.job];
    const relabel = rule ? `\n    metric_relabel_configs:\n      - ${rule}` : '';
    return `  - job_name: ${first.job}${first.https ? '-tls' : ''}${tls}\n    static_configs:\n${entries.join('\n')}${relabel}`;
  });
  return `global: {scrape_interval: 5s, scrape_timeout: 3s, evaluation_interval: 5s}
rule_files: [${code}/etc/rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ["mon-1:9093"]}]}]}
scrape_configs:
${text.join('\n')}
`;
}

const relabelRules = {
  process: '{source_labels: [groupname], regex: (.+), target_label: service}',
  node: '{source_labels: [mountpoint], regex: "|/|/srv/run/.+", action: keep}', // not the recording machine's other mounts
};

const jobKey = (target) => `${target.job}${target.https ? '-tls' : ''}`;

function groupBy(list, key) {
  const groups = new Map();
  for (const item of list) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
