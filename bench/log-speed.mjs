#!/usr/bin/env node
// Logs from disk to templates with their headers read, against two Go implementations of Drain on the same messages without headers (already in memory).
//   node bench/log-speed.mjs [--lines 1000000] [--runs 5] [--loghub DIR] [--ten]
// Processor time is compared, taken on one pinned core (taskset) in turns, because other programs lengthen the clock's; medians of --runs. The two-core ratio is of the
// clock, so it says something on an idle machine only. --ten adds the ten times longer log, --loghub the lines of recorded systems.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { options } from '../build.mjs';
import { ownLines, recordedLines, write } from './log-speed/generate.mjs';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '5' },
    loghub: { type: 'string' },
    ten: { type: 'boolean', default: false },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const runs = Number(values.runs);
const lines = Number(values.lines);
const work = mkdtempSync(join(tmpdir(), 'sre-log-speed-'));
process.once('exit', () => rmSync(work, { recursive: true, force: true }));

const outdir = join(work, 'dist');
const parts = { measure: join(root, 'bench/log-speed/measure.mjs'), 'log-worker': options.entryPoints['log-worker'] };
await build({ ...options, outdir, entryPoints: parts });
const drain = goDrain();

const mixtures = { 'own text, 11 programs': ownLines(1) };
if (values.loghub !== undefined) {
  const folder = join(values.loghub, 'header-truth');
  mixtures['recorded, 16 systems'] = recordedLines(folder, 1);
  mixtures['recorded, HDFS + BGL + Linux'] = recordedLines(folder, 1, ['HDFS', 'BGL', 'Linux']);
}
console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, load ${loadavg()[0].toFixed(1)}, ${new Date().toISOString().slice(0, 10)}`,
);
for (const [name, next] of Object.entries(mixtures)) await measure(name, next);

async function measure(name, next) {
  const log = join(work, 'mixed.log');
  const messages = join(work, 'mixed.messages');
  write(lines, log, messages, next);
  const bytes = statSync(log).size;
  console.log(`\n${name}: ${lines} lines, ${(bytes / 1e6).toFixed(0)} MB`);
  const times = { wc: [], one: [], faceair: [], 'go-drain3': [] };
  let ours;
  // A Drain whose clusters multiply takes minutes: it is run once then.
  for (let run = 0; run < runs; run++) {
    times.wc.push(clock(() => execFileSync('wc', ['-l', log])));
    ours = ourRun(log, 1);
    times.one.push(ours.processor);
    for (const go of drain ? ['faceair', 'go-drain3'] : []) if (!(times[go][0] > 10)) times[go].push(goRun(go, messages).processor);
  }
  const one = median(times.one);
  report('wc -l', median(times.wc), bytes);
  report('disk to templates, one core', one, bytes, `${ours.records} records, ${ours.templates} templates, ${ours.rss} MiB`);
  for (const go of drain ? ['faceair', 'go-drain3'] : []) {
    const time = median(times[go]);
    report(`Go Drain (${go})`, time, statSync(messages).size, `ours is ${(time / one).toFixed(2)} × as fast`);
  }
  if (availableParallelism() > 1) {
    const pairs = Array.from({ length: runs }, () => [ourRun(log, 1, false), ourRun(log, 2, false)]);
    const ratio = median(pairs.map(([single, two]) => single.seconds / two.seconds));
    const two = pairs[pairs.length - 1][1];
    report(
      'two cores',
      median(pairs.map(pair => pair[1].seconds)),
      bytes,
      `${ratio.toFixed(2)} × one core, ${two.rss} MiB, same templates: ${two.digest === ours.digest}`,
    );
  }
  if (values.ten) {
    write(lines * 10, log, messages, next);
    const long = Array.from({ length: Math.min(runs, 5) }, () => ourRun(log, 1));
    const ten = median(long.map(({ processor }) => processor));
    report('ten times the lines', ten, statSync(log).size, `${(ten / one).toFixed(1)} × the time, ${long[0].rss} MiB`);
  }
}

function ourRun(log, threads, pinned = true) {
  const command = [process.execPath, join(outdir, 'measure.js'), log, String(threads)];
  return JSON.parse(run(pinned ? ['taskset', '-c', '0', ...command] : command));
}

function goRun(name, messages) {
  return JSON.parse(run(['taskset', '-c', '0', drain, name, messages]));
}

function run([command, ...args]) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.slice(-500)}`);
  return stdout;
}

/** Built from the module proxy; without Go or the proxy there is nothing to compare with, and that is said. */
function goDrain() {
  const go = ['go', '/usr/local/go/bin/go'].find(path => (path === 'go' ? spawnSync('go', ['version']).status === 0 : existsSync(path)));
  if (go === undefined) {
    console.log('No Go: Drain is not measured.');
    return undefined;
  }
  const binary = join(work, 'drain');
  const built = spawnSync(go, ['build', '-o', binary, '.'], { cwd: join(root, 'bench/log-speed'), encoding: 'utf8' });
  if (built.status === 0) return binary;
  console.log(`Drain is not measured: ${built.stderr.split('\n')[0]}`);
  return undefined;
}

function clock(call) {
  const begin = performance.now();
  call();
  return (performance.now() - begin) / 1000;
}

function report(label, seconds, bytes, more = '') {
  const rate = lines * (label.startsWith('ten') ? 10 : 1);
  console.log(
    `  ${label.padEnd(28)} ${seconds.toFixed(2).padStart(6)} s  ${(bytes / 1e6 / seconds).toFixed(0).padStart(5)} MB/s  ${(rate / 1e6 / seconds).toFixed(2).padStart(6)} M lines/s  ${more}`,
  );
}

function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
