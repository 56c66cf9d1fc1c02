// `node run.mjs <fault>`: records an incident of the shop from nothing. See docs/lab.md.
import { execFileSync, spawn } from 'node:child_process';
import { accessSync, appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const root = process.getuid() === 0;
const cache = process.env.LAB_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sre-copilot-lab');
const packages = {
  nginx: '/usr/sbin/nginx', 'postgresql-15': '/usr/lib/postgresql/15/bin/postgres', 'redis-server': '/usr/bin/redis-server', prometheus: '/usr/bin/prometheus',
  'prometheus-alertmanager': '/usr/bin/prometheus-alertmanager', 'prometheus-node-exporter': '/usr/bin/prometheus-node-exporter',
  'prometheus-postgres-exporter': '/usr/bin/prometheus-postgres-exporter', 'prometheus-redis-exporter': '/usr/bin/prometheus-redis-exporter',
  'prometheus-nginx-exporter': '/usr/bin/prometheus-nginx-exporter', 'prometheus-process-exporter': '/usr/bin/prometheus-process-exporter',
  libfaketime: '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1', strace: '/usr/bin/strace', nftables: '/usr/sbin/nft', iproute2: '/usr/sbin/ip', openssl: '/usr/bin/openssl',
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string' }, out: { type: 'string' }, bench: { type: 'string' }, seed: { type: 'string', default: '1' }, zone: { type: 'string', default: 'UTC' },
    rate: { type: 'string', default: '8' }, normal: { type: 'string', default: '315' }, fault: { type: 'string', default: '190' }, tail: { type: 'string', default: '20' },
    'warm-up': { type: 'string', default: '45' }, group: { type: 'string' }, sealed: { type: 'boolean', default: false }, quiet: { type: 'boolean', default: false }, help: { type: 'boolean' },
  },
});
const faults = readdirSync(join(here, 'faults')).filter((name) => name.endsWith('.mjs')).map((name) => basename(name, '.mjs'));
const faultName = positionals[0];
if (values.help || !faults.includes(faultName)) {
  console.error(`usage: npm run lab -- FAULT [--name NAME] [--out DIR] [--bench DIR] [--seed N] [--zone Z] [--rate N] [--normal S] [--fault S] [--tail S] [--sealed]\nfaults: ${faults.join(', ')}`);
  process.exit(values.help ? 0 : 2);
}
const { default: fault } = await import(`./faults/${faultName}.mjs`);
if (fault.root && !root) {
  console.error(`${faultName} needs root: ${fault.root}`);
  process.exit(2);
}
const name = values.name ?? `rec-${new Date().toISOString().slice(0, 16).replace(/\D/g, '')}`;
const out = resolve(values.out ?? join('lab-recordings', name));
const bench = resolve(values.bench ?? 'lab-recordings');

installPrograms();
installModules();
const template = makeTemplate();
const base = mkdtempSync(join(tmpdir(), 'lab-'));
chmodSync(base, 0o755);
process.exitCode = await main();

function installPrograms() {
  const missing = Object.entries(packages).filter(([, path]) => !existsSync(path)).map(([packageName]) => packageName);
  if (missing.length === 0) return;
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing];
  console.log(`Missing programs, Debian packages: ${missing.join(' ')}`);
  if (!root) {
    console.error(`Install them first: sudo ${command.join(' ')}`);
    process.exit(2);
  }
  execFileSync('apt-get', ['update', '-q'], { stdio: 'inherit' });
  execFileSync(command[0], command.slice(1), { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' } });
}

/** The shop's npm packages, in a cache of their own so that nothing else in the checkout sees them. */
function installModules() {
  const wanted = readFileSync(join(here, 'package.json'), 'utf8');
  const stamp = join(cache, 'npm', 'package.json');
  if (existsSync(join(cache, 'npm', 'node_modules')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log("Installing the shop's npm packages");
  mkdirSync(join(cache, 'npm'), { recursive: true });
  cpSync(join(here, 'package.json'), stamp);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'], { cwd: join(cache, 'npm'), stdio: 'inherit' });
}

/** A loaded database, made once: recordings start from a copy. */
function makeTemplate() {
  const schema = join(here, 'shop/config/schema.sql');
  const target = join(cache, `pg-${statSync(schema).size}-${root ? 'root' : 'user'}`);
  if (existsSync(target)) return target;
  console.log('Making the database template');
  const work = mkdtempSync(join(tmpdir(), 'lab-pg-'));
  chmodSync(work, 0o755);
  const bin = '/usr/lib/postgresql/15/bin';
  const as = root ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
  const run = (...command) => execFileSync([...as, ...command][0], [...as, ...command].slice(1), { stdio: ['ignore', 'ignore', 'inherit'], cwd: work });
  const data = join(work, 'pg');
  if (root) execFileSync('chown', ['postgres:postgres', work]);
  run(`${bin}/initdb`, '-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8');
  run(`${bin}/pg_ctl`, '-D', data, '-w', '-l', join(work, 'log'), '-o', `-c listen_addresses='' -c unix_socket_directories='${work}' -c fsync=off -c max_wal_size=2GB -c shared_preload_libraries=pg_stat_statements`, 'start');
  execFileSync('psql', ['-h', work, '-U', 'postgres', '-q', '-v', 'ON_ERROR_STOP=1', '-f', schema], { stdio: ['ignore', 'ignore', 'inherit'] });
  run(`${bin}/pg_ctl`, '-D', data, '-w', '-m', 'fast', 'stop');
  execFileSync('cp', [join(here, 'shop/config/postgresql.conf'), join(data, 'postgresql.conf')]);
  appendFileSync(join(data, 'pg_hba.conf'), 'host all all 0.0.0.0/0 trust\n');
  renameSync(data, join(work, 'done'));
  execFileSync('cp', ['-a', join(work, 'done'), target]);
  rmSync(work, { recursive: true });
  return target;
}

async function main() {
  const inner = {
    fault: faultName, seed: Number(values.seed), zone: values.zone, rate: Number(values.rate), daySeconds: 360, normalSeconds: Number(values.normal), faultSeconds: Number(values.fault),
    tailSeconds: Number(values.tail), warmUpSeconds: Number(values['warm-up']), quiet: values.quiet, title: `Shop, recording ${name}`, root, template, source: join(here, 'shop'), lab: basename(base),
  };
  const script = 'mkdir -p "$0/shop/node_modules" "$0/run" && mount --bind "$1" "$0/shop/node_modules" && mount --rbind "$0" /srv && mount -t tmpfs tmpfs /dev/shm && exec "$2" "$3" "$4"';
  const isolation = [...(root ? [] : ['-U', '-r']), '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--uts'];
  const child = spawn('unshare', [...isolation, 'sh', '-c', script, base, join(cache, 'npm/node_modules'), process.execPath, join(here, 'lab.mjs'), JSON.stringify(inner)], {
    stdio: 'inherit', env: { PATH: process.env.PATH, HOME: base, TZ: values.zone, LANG: 'C.UTF-8' }, detached: true,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => passOn(child, signal));
  const code = await new Promise((done) => child.once('exit', (exit, signal) => done(signal ? 1 : exit)));
  try {
    if (code === 0) keep();
    else if (existsSync(join(base, 'run'))) console.error(`nothing recorded`);
  } finally {
    tidy();
  }
  return code;
}

/** The inner runner is the first child of the namespace's first process: it stops the shop in order, a second signal ends all at once. */
function passOn(child, signal) {
  if (child.asked) return child.kill('SIGKILL');
  child.asked = true;
  const inner = execFileSync('ps', ['-o', 'pid=', '--ppid', String(child.pid)], { encoding: 'utf8' }).trim().split(/\s+/)[0];
  process.kill(Number(inner), signal);
}

function keep() {
  const facts = JSON.parse(readFileSync(join(base, 'facts.json'), 'utf8'));
  const bundle = join(base, 'bundle');
  const leak = findLeak(bundle);
  if (leak) throw new Error(`the bundle names the recording machine: ${leak}`);
  mkdirSync(dirname(out), { recursive: true });
  rmSync(out, { recursive: true, force: true });
  cpSync(bundle, out, { recursive: true });
  const bytes = readdirSync(out, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).reduce((sum, e) => sum + statSync(join(e.parentPath ?? e.path, e.name)).size, 0);
  const at = (time) => new Date(time).getTime();
  const iso = (millis) => new Date(Math.floor(millis / 1000) * 1000).toISOString().replace('.000', '');
  // What an on-call engineer would ask for: from shortly before the alert, or before the injection when the alert came late.
  const windowStart = Math.min(at(facts.injected) - 45_000, facts.alert ? at(facts.alert.startsAt) - 120_000 : Number.POSITIVE_INFINITY);
  const healthy = fault.accept.length === 0;
  const oneCase = { id: name, folders: [name], window: `${iso(windowStart)}/${iso(at(facts.end))}`, baseline: [`${iso(at(facts.begin))}/${iso(windowStart)}`], alert: facts.alert?.id ?? null, onset: null };
  const truth = {
    id: name, accept: fault.accept, fault: fault.kind, group: values.group ?? fault.group ?? (healthy ? 'healthy' : (fault.kind ?? 'other')), injected: faultName, what: fault.what, visible: fault.visible,
    from: iso(at(facts.injected)), to: iso(at(facts.undone)), seed: Number(values.seed), entryAlert: facts.alert?.name ?? null, requests: facts.requests,
  };
  mkdirSync(bench, { recursive: true });
  replaceLine(join(bench, values.sealed ? 'sealed-cases.jsonl' : 'cases.jsonl'), oneCase);
  replaceLine(join(bench, values.sealed ? 'sealed.jsonl' : 'truth.jsonl'), truth);
  console.log(`${out}: ${(bytes / 1e6).toFixed(2)} MB; entry alert: ${facts.alert?.name ?? 'none'}; before ${JSON.stringify(facts.requests.before)}, during ${JSON.stringify(facts.requests.during)}`);
}

function replaceLine(path, entry) {
  const others = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter((line) => line && JSON.parse(line).id !== entry.id) : [];
  const lines = [...others, JSON.stringify(entry)].sort((a, b) => (JSON.parse(a).id < JSON.parse(b).id ? -1 : 1));
  rmSync(path, { force: true });
  appendFileSync(path, `${lines.join('\n')}\n`);
}

/** The first file that contains the recording machine's name or a path of it. */
function findLeak(folder) {
  const traces = [hostname(), here, base, cache].filter((text) => text.length > 3 && text !== 'localhost');
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const bytes = readFileSync(path);
    const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    const found = traces.find((trace) => text.includes(trace));
    if (found) return `${path} contains ${found}`;
  }
  return undefined;
}

function tidy() {
  for (const controller of ['cpu', 'memory', 'blkio']) {
    const group = `/sys/fs/cgroup/${controller}/${basename(base)}`;
    try {
      accessSync(group);
      execFileSync('rmdir', [group]);
    } catch {
      // never made, or gone already
    }
  }
  if (!process.env.LAB_KEEP) rmSync(base, { recursive: true, force: true });
}
