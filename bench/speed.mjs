#!/usr/bin/env node
// Speed and memory in one command: start-up, overhead of a call, several GB of logs. Each figure with its anchor beside.
//   node bench/speed.mjs [--runs 15] [--gigabytes 5] [--only start,call,large]
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { options } from '../build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '15' },
    gigabytes: { type: 'string', default: '5' },
    only: { type: 'string', default: 'start,call,large' },
  },
});
const runs = Number(values.runs);
const wanted = values.only.split(',');
const cli = join(root, 'dist', 'cli.js');
const incident = join(root, 'examples', 'incidents', 'inc-01');
const work = mkdtempSync(join(tmpdir(), 'sre-speed-'));
const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${new Date().toISOString().slice(0, 10)}`);
try {
  if (wanted.includes('start')) await measureStart();
  if (wanted.includes('call')) await measureCall();
  if (wanted.includes('large')) await measureLarge();
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Start to `tools/list` in turn with the same bundle, schemas and names but empty handlers. */
async function measureStart() {
  const empty = await emptyServer();
  const ours = [cli, '--files', incident, '--state', join(work, 'state')];
  const rows = { ours: [], empty: [] };
  const memory = [];
  for (let i = 0; i <= runs; i++) {
    const a = await startTime(ours);
    const b = await startTime([empty]);
    if (i === 0) continue; // warm-up
    rows.ours.push(a.ms);
    rows.empty.push(b.ms);
    memory.push(a.rss);
  }
  const ratio = median(rows.ours.map((ms, i) => ms / rows.empty[i]));
  console.log(
    `start → tools/list       ${median(rows.ours).toFixed(0)} ms; empty handlers ${median(rows.empty).toFixed(0)} ms; ratio ${ratio.toFixed(2)} (bar 1.15)`,
  );
  console.log(`memory before any call   ${median(memory).toFixed(0)} MiB (bar 85)`);
}

/** A server of the same SDK with our names, descriptions and schemas and nothing behind them. */
async function emptyServer() {
  const entry = join(work, 'empty.mjs');
  const list = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, 'tools', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', data => (text += data));
    child.on('close', code => (code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`tools exited with ${code}`))));
  });
  const tools = list.tools ?? list;
  writeFileSync(
    entry,
    `import { McpServer } from '@modelcontextprotocol/server';
     import { serveStdio } from '@modelcontextprotocol/server/stdio';
     import { z } from 'zod';
     z.strictObject({});
     const tools = ${JSON.stringify(tools)};
     serveStdio(() => {
       const server = new McpServer({ name: 'empty', version: '0' });
       for (const { name, title, description, annotations, inputSchema } of tools) {
         const schema = { '~standard': { version: 1, vendor: 'empty', validate: value => ({ value }), jsonSchema: { input: () => inputSchema, output: () => inputSchema } } };
         server.registerTool(name, { title, description, annotations, inputSchema: schema }, () => ({ content: [{ type: 'text', text: 'ok' }], structuredContent: { ok: true } }));
       }
       return server;
     });`,
  );
  const outfile = join(work, 'empty-bundle.mjs');
  const { entryPoints, outdir, chunkNames, splitting, ...rest } = options;
  await build({ ...rest, entryPoints: [entry], outfile, metafile: false, nodePaths: [join(root, 'node_modules')] });
  return outfile;
}

function client(args) {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'], cwd: work, env: { ...process.env, HOME: work } });
  const waiting = new Map();
  let rest = '';
  child.stdout.on('data', data => {
    const lines = (rest + data).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (!line) continue;
      const message = JSON.parse(line);
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    }
  });
  let next = 0;
  const send = message => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  return {
    pid: child.pid,
    request: (method, params) =>
      new Promise(resolve => {
        const id = ++next;
        waiting.set(id, resolve);
        send({ id, method, params });
      }),
    notify: method => send({ method }),
    end: () =>
      new Promise(resolve => {
        child.on('close', resolve);
        child.stdin.end();
      }),
  };
}

async function initialised(args) {
  const peer = client(args);
  await peer.request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } });
  peer.notify('notifications/initialized');
  return peer;
}

async function startTime(args) {
  const begin = performance.now();
  const peer = await initialised(args);
  await peer.request('tools/list', {});
  const ms = performance.now() - begin;
  const rss = residentMiB(peer.pid);
  await peer.end();
  return { ms, rss };
}

function residentMiB(pid) {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return Number.NaN;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1]) / 1024;
}

/** A call whose answer is already known, against an empty tool of the same SDK on the same transport. */
async function measureCall() {
  const ours = await initialised([cli, '--files', incident, '--state', join(work, 'state')]);
  const empty = await initialised([await emptyServer()]);
  const call = (peer, args) => peer.request('tools/call', { name: 'get_evidence', arguments: args });
  const first = await ours.request('tools/call', { name: 'query_events', arguments: {} });
  const id = JSON.stringify(first).match(/ev_[a-z0-9]{12}/)?.[0];
  const rows = { ours: [], empty: [] };
  for (let i = 0; i < 1200; i++) {
    for (const [name, peer] of [
      ['ours', ours],
      ['empty', empty],
    ]) {
      const begin = performance.now();
      await call(peer, { id });
      if (i >= 200) rows[name].push(performance.now() - begin);
    }
  }
  await Promise.all([ours.end(), empty.end()]);
  console.log(
    `cached call, p50         ${median(rows.ours).toFixed(2)} ms; empty tool ${median(rows.empty).toFixed(2)} ms; overhead ${(median(rows.ours) - median(rows.empty)).toFixed(2)} ms (bar 1)`,
  );
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
