// What the lab needs on the machine: Debian programs, npm packages, a loaded database to copy.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fakeTimeLibrary } from './plan.mjs';

const here = dirname(fileURLToPath(import.meta.url));
export const root = process.getuid() === 0;
export const cache = process.env.LAB_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sre-copilot-lab');
/** Debian package → a file that is there once it is installed. */
const packages = {
  nginx: '/usr/sbin/nginx',
  'postgresql-15': '/usr/lib/postgresql/15/bin/postgres',
  'redis-server': '/usr/bin/redis-server',
  prometheus: '/usr/bin/prometheus',
  'prometheus-alertmanager': '/usr/bin/prometheus-alertmanager',
  'prometheus-node-exporter': '/usr/bin/prometheus-node-exporter',
  'prometheus-postgres-exporter': '/usr/bin/prometheus-postgres-exporter',
  'prometheus-redis-exporter': '/usr/bin/prometheus-redis-exporter',
  'prometheus-nginx-exporter': '/usr/bin/prometheus-nginx-exporter',
  'prometheus-process-exporter': '/usr/bin/prometheus-process-exporter',
  libfaketime: fakeTimeLibrary,
  strace: '/usr/bin/strace',
  nftables: '/usr/sbin/nft',
  iproute2: '/usr/sbin/ip',
  openssl: '/usr/bin/openssl',
};

/** Debian packages that are missing: named, then installed by root; anybody else is told the command. */
export function installPrograms() {
  const missing = Object.entries(packages)
    .filter(([, path]) => !existsSync(path))
    .map(([packageName]) => packageName);
  if (missing.length === 0) return;
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing];
  console.log(`Missing programs, Debian packages: ${missing.join(' ')}`);
  if (!root) {
    console.error(`Install them first: sudo ${command.join(' ')}`);
    process.exit(2);
  }
  const policy = '/usr/sbin/policy-rc.d'; // keeps the packages from starting daemons of their own
  const ownPolicy = !existsSync(policy);
  if (ownPolicy) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    execFileSync('apt-get', ['update', '-q'], { stdio: 'inherit' });
    execFileSync(command[0], command.slice(1), { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  } finally {
    if (ownPolicy) rmSync(policy);
  }
}

/** The shop's npm packages, in a cache of their own so that nothing else in the checkout sees them. */
export function installModules() {
  const wanted = readFileSync(join(here, 'package.json'), 'utf8');
  const stamp = join(cache, 'npm', 'package.json');
  if (existsSync(join(cache, 'npm', 'node_modules')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log("Installing the shop's npm packages");
  mkdirSync(join(cache, 'npm'), { recursive: true });
  cpSync(join(here, 'package.json'), stamp);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'], {
    cwd: join(cache, 'npm'),
    stdio: 'inherit',
  });
}

/** A loaded database, made once: recordings start from a copy. */
export function makeTemplate() {
  const schema = join(here, 'shop/config/schema.sql');
  const target = join(cache, `pg-${statSync(schema).size}-${root ? 'root' : 'user'}`);
  if (existsSync(target)) return target;
  console.log('Making the database template');
  const work = mkdtempSync(join(tmpdir(), 'lab-pg-'));
  chmodSync(work, 0o755);
  const as = root ? 'setpriv --reuid=postgres --regid=postgres --clear-groups' : 'unshare -U --map-user=1000 --map-group=1000';
  const script = `
    cd ${work}
    ${root ? 'chown postgres:postgres .' : ''}
    PATH=/usr/lib/postgresql/15/bin:$PATH
    ${as} initdb -D pg -A trust -U postgres -E UTF8 --locale=C.UTF-8 > /dev/null
    ${as} pg_ctl -D pg -w -l log -o "-c listen_addresses='' -c unix_socket_directories=${work} -c fsync=off -c max_wal_size=2GB -c shared_preload_libraries=pg_stat_statements" start > /dev/null
    psql -h ${work} -U postgres -q -v ON_ERROR_STOP=1 -f '${schema}' > /dev/null
    ${as} pg_ctl -D pg -w -m fast stop > /dev/null
    cp '${join(here, 'shop/config/postgresql.conf')}' pg/postgresql.conf
    echo 'host all all 0.0.0.0/0 trust' >> pg/pg_hba.conf
    cp -a pg '${target}.new'`;
  // A process namespace of its own: the server ends with it, also when this program is killed.
  const isolation = [...(root ? [] : ['-U', '-r']), '--pid', '--fork', '--kill-child', '--mount-proc'];
  try {
    rmSync(`${target}.new`, { recursive: true, force: true });
    execFileSync('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...isolation, 'sh', '-ec', script], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    renameSync(`${target}.new`, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return target;
}
