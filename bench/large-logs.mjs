#!/usr/bin/env node
// Memory and speed over several GB of logs: two tools from the shell over the recorded incident's logs, repeated with their times shifted.
//   node bench/large-logs.mjs [--gigabytes 5]
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { gigabytes: { type: 'string', default: '5' } } });
const cli = join(root, 'dist', 'cli.js');
const incident = join(root, 'examples', 'incidents', 'inc-01');
const work = mkdtempSync(join(tmpdir(), 'sre-speed-'));

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${new Date().toISOString().slice(0, 10)}`);
try {
  await measureLarge();
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Logs of the recorded incident again and again with their times shifted, until they are large; read by two tools from the shell. */
async function measureLarge() {
  const bytes = Number(values.gigabytes) * 2 ** 30;
  const folder = join(work, 'large', 'logs');
  const { window, size } = await repeatLogs(folder, bytes);
  console.log(`large logs               ${(size / 2 ** 30).toFixed(2)} GiB in ${readdirSync(folder).length} services, ${window}`);
  for (const [label, args] of [
    ['cluster_logs', ['call', 'cluster_logs', JSON.stringify({ window, deadline_seconds: 600 })]],
    ['investigate', ['investigate', '--window', window, '--json']],
  ]) {
    const begin = performance.now();
    const { peak, code } = await peakOf([cli, ...args, '--files', join(work, 'large'), '--state', join(work, 'state-large')]);
    const seconds = (performance.now() - begin) / 1000;
    console.log(
      `${label.padEnd(24)} ${seconds.toFixed(0)} s, ${(size / 2 ** 20 / seconds).toFixed(0)} MiB/s, peak ${peak.toFixed(0)} MiB (bar 1024), exit ${code}`,
    );
  }
}

async function peakOf(args) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], cwd: work, env: { ...process.env, HOME: work } });
  let peak = 0;
  const timer = setInterval(() => {
    const status = `/proc/${child.pid}/status`;
    if (existsSync(status)) peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1] ?? 0) / 1024);
  }, 50);
  const code = await new Promise(resolve => child.on('close', resolve));
  clearInterval(timer);
  return { peak, code };
}

async function repeatLogs(folder, bytes) {
  const sources = [];
  for (const service of readdirSync(join(incident, 'logs'))) {
    for (const name of readdirSync(join(incident, 'logs', service))) {
      sources.push({
        service,
        name: name.replace(/\.gz$/, ''),
        text: gunzipSync(readFileSync(join(incident, 'logs', service, name))).toString('utf8'),
      });
    }
  }
  const once = sources.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const rounds = Math.ceil(bytes / once);
  const stamps = sources
    .flatMap(({ text }) => text.match(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/g)?.slice(0, 50) ?? [])
    .map(stamp => Date.parse(`${stamp}Z`));
  const start = Math.min(...stamps);
  const length = 600_000;
  let size = 0;
  for (const { service, name, text } of sources) {
    mkdirSync(join(folder, service), { recursive: true });
    const path = join(folder, service, name);
    const out = createWriteStream(path);
    for (let i = 0; i < rounds; i++) if (!out.write(shifted(text, i * length))) await new Promise(resolve => out.once('drain', resolve));
    await new Promise(resolve => out.end(resolve));
    size += statSync(path).size;
  }
  const iso = t => new Date(t).toISOString();
  return { window: `${iso(start + Math.floor(rounds / 2) * length)}/${iso(start + rounds * length)}`, size };
}

/** Every time in a text moved by so many ms: the forms that the recorded programs write. */
function shifted(text, ms) {
  if (ms === 0) return text;
  const moved = new Map();
  const move = (stamp, parse, format) => {
    let known = moved.get(stamp);
    if (known === undefined) {
      known = format(new Date(parse(stamp) + ms));
      moved.set(stamp, known);
    }
    return known;
  };
  const pad = n => String(n).padStart(2, '0');
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  return text
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/g, stamp =>
      move(
        stamp,
        s => Date.parse(`${s.replace(' ', 'T')}Z`),
        d => d.toISOString().slice(0, 19).replace('T', stamp[10]),
      ),
    )
    .replace(/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d/g, stamp =>
      move(
        stamp,
        s => Date.parse(`${s.replaceAll('/', '-').replace(' ', 'T')}Z`),
        d => d.toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' '),
      ),
    )
    .replace(/\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d/g, stamp =>
      move(
        stamp,
        s => Date.UTC(+s.slice(7, 11), months.indexOf(s.slice(3, 6)), +s.slice(0, 2), +s.slice(12, 14), +s.slice(15, 17), +s.slice(18, 20)),
        d =>
          `${pad(d.getUTCDate())}/${months[d.getUTCMonth()]}/${d.getUTCFullYear()}:${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())}`,
      ),
    )
    .replace(/"time":(1[67]\d{11})/g, (_, t) => `"time":${Number(t) + ms}`);
}
