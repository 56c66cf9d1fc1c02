// Brings the shop up inside the lab's namespaces: addresses, files, stores, services, nginx, monitoring, load.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { processNames, prometheusConfig, startMonitoring } from './monitoring.mjs';
import { hosts, instanceHosts, services, settings, userNetworks } from './plan.mjs';

const exec = promisify(execFile);
const run = '/srv/run';
const code = '/srv/shop';
const etc = `${code}/etc`;

/** @param options as for makeShop */
export async function startShop(shop, options) {
  const proxied = options.fault.proxied ?? [];
  await network(proxied);
  layOutFiles(shop, options);
  await makeCertificates();
  await startStores(shop, options);
  await startServices(shop, proxied);
  shop.supervisor.start({
    name: 'nginx',
    host: 'edge-1',
    command: [
      ...(options.root ? [] : options.plainUser),
      'nginx',
      '-p',
      `${run}/nginx`,
      '-c',
      `${etc}/nginx.conf`,
      '-e',
      `${run}/logs/nginx/error.log`,
    ],
    env: { ...shop.environment, TZ: options.zone },
    stopSignal: 'SIGQUIT',
  });
  await startMonitoring(shop);
}

export function startLoad(shop, { rate, daySeconds, seed }) {
  shop.supervisor.start({
    name: 'load',
    command: [process.execPath, `${code}/load/main.mjs`],
    env: { ...shop.environment, LOAD_RATE: String(rate), LOAD_DAY_SECONDS: String(daySeconds), LOAD_SEED: String(seed) },
    log: `${run}/load.log`,
  });
}

/** Whether something listens there: without a handshake, so that TLS services are treated like the others. */
export const portOpen = host =>
  new Promise(resolve => {
    const socket = connect(8080, host);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });

const proxyAddress = host => hosts[host].replace('10.20.0.', '10.20.1.');

async function network(proxied) {
  await exec('ip', ['link', 'set', 'lo', 'up']);
  writeFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', '80');
  for (const address of [...Object.values(hosts), ...proxied.map(proxyAddress)])
    await exec('ip', ['addr', 'add', `${address}/32`, 'dev', 'lo']);
  for (const range of userNetworks) await exec('ip', ['route', 'add', 'local', range, 'dev', 'lo']);
  const names = Object.entries(hosts).map(([name, address]) => `${proxied.includes(name) ? proxyAddress(name) : address} ${name}`);
  writeFileSync('/srv/hosts', `127.0.0.1 localhost\n${names.join('\n')}\n`);
  await exec('mount', ['--bind', '/srv/hosts', '/etc/hosts']);
}

function layOutFiles(shop, { source, fault }) {
  for (const folder of ['nginx', 'redis', 'prom', 'am', 'logs/nginx', 'logs/postgres', 'logs/redis'])
    mkdirSync(`${run}/${folder}`, { recursive: true });
  const copy = (from, to) => cpSync(`${source}/${from}`, `${code}/${to}`, { recursive: true });
  copy('config', 'etc');
  copy('lib', 'lib');
  copy('load', 'load');
  copy('services/acquirer', 'acquirer');
  copy('services/nginx-log-exporter.mjs', 'nginx-log-exporter/main.mjs');
  copy('services/tcp-proxy.mjs', 'tcp-proxy/main.mjs');
  for (const [name, { version }] of Object.entries(services)) copy(`services/${name}`, `${name}/${version}`);
  for (const [name, value] of Object.entries(settings)) {
    writeFileSync(`${etc}/${name}.json`, `${JSON.stringify({ ...value, ...fault.settings?.[name] }, null, 2)}\n`);
  }
  writeFileSync(`${etc}/prometheus.yml`, prometheusConfig());
  writeFileSync(`${etc}/process.yml`, processNames);
  shop.setLoad(1);
  shop.setAcquirer({ medianMillis: 45, failShare: 0 });
  shop.setProxy({ delayMillis: 0, jitterMillis: 0 });
  fault.prepareFiles?.();
}

/** An authority of the lab's own and a leaf for payment. */
async function makeCertificates() {
  const openssl = words => exec('openssl', words.split(' '), { cwd: etc });
  writeFileSync(`${etc}/payment.ext`, 'subjectAltName=DNS:payment,DNS:payment-1,DNS:payment-2\n');
  await openssl('req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=shop-internal-ca -keyout ca.key -out ca.crt');
  await openssl('req -newkey rsa:2048 -nodes -subj /CN=payment -keyout payment.key -out payment.csr');
  await openssl('x509 -req -days 90 -in payment.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile payment.ext -out payment.crt');
}

async function startStores(shop, { root, plainUser, template, zone }) {
  await exec('cp', ['-a', template, `${run}/pg`]);
  await exec('chmod', ['777', run]);
  const asPostgres = root ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : plainUser; // it refuses uid 0, also a mapped one
  shop.supervisor.start({
    name: 'postgres',
    host: 'db-1',
    command: [...asPostgres, '/usr/lib/postgresql/15/bin/postgres', '-D', `${run}/pg`],
    log: `${run}/logs/postgres/db-1.log`,
    env: shop.environment,
    stopSignal: 'SIGINT',
  });
  shop.supervisor.start({
    name: 'redis',
    host: 'cache-1',
    command: ['redis-server', `${etc}/redis.conf`],
    log: `${run}/logs/redis/cache-1.log`,
    env: { ...shop.environment, TZ: zone },
  });
  await shop.until('PostgreSQL ready', () => exec('pg_isready', ['-h', 'db-1', '-q']).then(() => true));
  await shop.until('Redis ready', async () => (await shop.redis('ping')) === 'PONG');
}

async function startServices(shop, proxied) {
  const { supervisor, environment } = shop;
  for (const host of proxied) {
    supervisor.start({
      name: `proxy-${host}`,
      command: [process.execPath, `${code}/tcp-proxy/main.mjs`, proxyAddress(host), hosts[host]],
      env: environment,
    });
  }
  supervisor.start({
    name: 'acquirer',
    command: [process.execPath, `${code}/acquirer/main.mjs`],
    env: { ...environment, BIND_ADDRESS: hosts['api.acquirer.example'] },
  });
  const instances = Object.keys(services).flatMap(name => instanceHosts(name).map(host => ({ name, host })));
  for (const { name, host } of instances) supervisor.start(shop.serviceProgram(name, host));
  for (const { host } of instances) await shop.until(`${host} up`, () => portOpen(host));
}
