// `node run.mjs <fault>`: records an incident of the shop from nothing. See docs/lab.md.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cache, installModules, installPrograms, makeTemplate, root } from './install.mjs';
import { keep } from './keep.mjs';

const here = dirname(fileURLToPath(import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string' },
    out: { type: 'string' },
    bench: { type: 'string' },
    seed: { type: 'string', default: '1' },
    zone: { type: 'string', default: 'UTC' },
    rate: { type: 'string', default: '8' },
    normal: { type: 'string', default: '303' },
    fault: { type: 'string' },
    tail: { type: 'string', default: '15' },
    'warm-up': { type: 'string', default: '45' },
    group: { type: 'string' },
    sealed: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});
const faults = readdirSync(join(here, 'faults'))
  .filter(name => name.endsWith('.mjs'))
  .map(name => basename(name, '.mjs'));
const faultName = positionals[0];
if (values.help || !faults.includes(faultName)) {
  console.error(
    `usage: npm run lab -- FAULT [--name NAME] [--out DIR] [--bench DIR] [--seed N] [--zone Z] [--rate N] [--normal S] [--fault S] [--tail S] [--sealed]\nfaults: ${faults.join(', ')}`,
  );
  process.exit(values.help ? 0 : 2);
}
const { default: fault } = await import(`./faults/${faultName}.mjs`);
if (fault.root && !root) {
  console.error(`${faultName} needs root: ${fault.root}`);
  process.exit(2);
}
const name = values.name ?? `rec-${new Date().toISOString().slice(0, 16).replace(/\D/g, '')}`;
const out = resolve(values.out ?? join('.lab', name));
const bench = resolve(values.bench ?? '.lab');

installPrograms();
installModules();
const template = makeTemplate();
const base = mkdtempSync(join(tmpdir(), 'lab-'));
chmodSync(base, 0o755);
process.exitCode = await main();

async function main() {
  const inner = {
    fault: faultName,
    seed: Number(values.seed),
    zone: values.zone,
    rate: Number(values.rate),
    daySeconds: 360,
    normalSeconds: Number(values.normal),
    faultSeconds: Number(values.fault ?? fault.seconds ?? 180),
    tailSeconds: Number(values.tail),
    warmUpSeconds: Number(values['warm-up']),
    quiet: values.quiet,
    title: `Shop, recording ${name}`,
    root,
    template,
    source: join(here, 'shop'),
    lab: basename(base),
  };
  const script =
    'mkdir -p "$0/shop/node_modules" "$0/run" && mount --bind "$1" "$0/shop/node_modules" && mount --rbind "$0" /srv && mount -t tmpfs tmpfs /dev/shm && exec "$2" "$3" "$4"';
  const isolation = [...(root ? [] : ['-U', '-r']), '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--uts'];
  const child = spawn(
    'setpriv', // the namespaces end with this process, even when it is killed
    [
      '--pdeathsig',
      'KILL',
      'unshare',
      ...isolation,
      'sh',
      '-c',
      script,
      base,
      join(cache, 'npm/node_modules'),
      process.execPath,
      join(here, 'lab.mjs'),
      JSON.stringify(inner),
    ],
    {
      stdio: 'inherit',
      env: { PATH: process.env.PATH, HOME: base, TZ: values.zone, LANG: 'C.UTF-8' },
      detached: true,
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => passOn(child, signal));
  const code = await new Promise(done => child.once('exit', (exit, signal) => done(signal ? 1 : exit)));
  try {
    if (code === 0)
      keep({
        base,
        out,
        bench,
        name,
        faultName,
        fault,
        group: values.group,
        seed: Number(values.seed),
        sealed: values.sealed,
        secrets: [here, cache],
      });
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
  const inner = execFileSync('ps', ['-o', 'pid=', '--ppid', String(child.pid)], { encoding: 'utf8' })
    .trim()
    .split(/\s+/)[0];
  process.kill(Number(inner), signal);
}

function tidy() {
  for (const controller of ['cpu', 'memory', 'blkio']) {
    const group = `/sys/fs/cgroup/${controller}/${basename(base)}`;
    if (existsSync(group)) execFileSync('rmdir', [group]);
  }
  if (!process.env.LAB_KEEP) rmSync(base, { recursive: true, force: true });
}
