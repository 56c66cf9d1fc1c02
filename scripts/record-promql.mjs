#!/usr/bin/env node
// Records what Prometheus answers to the expressions of test/fixtures/promql/expressions.json over the series of promql-data.mjs.
//   node scripts/record-promql.mjs data                     writes series.om and special.json, the series themselves
//   node scripts/record-promql.mjs answers NAME [PROMETHEUS [VERSION]]  writes answers-NAME.json by the given program; one that one built does not know its version
// The series go in by remote write, because neither stale markers nor native histograms can be said in a text format.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openMetrics, plainSeries, START, specialSeries } from './promql-data.mjs';
import { writeRequest } from './remote-write.mjs';

const FIXTURES = fileURLToPath(new URL('../test/fixtures/promql/', import.meta.url));
const MINUTE = 60_000;
/** Two grids: one whose steps meet samples and range edges exactly, one whose steps never do. Both run on past the end of the data. */
const GRIDS = [
  { start: START + 4 * MINUTE, end: START + 54 * MINUTE, step: 2 * MINUTE },
  { start: START + 3 * MINUTE + 3_100, end: START + 52 * MINUTE, step: 137_300 },
];
/** Only an answer at one instant has an order. */
const INSTANT = START + 30 * MINUTE;
const SLICE = 5 * MINUTE;
/** A thousand times finer than what is compared. */
const DIGITS = 12;

const [what, name, program = 'prometheus', version] = process.argv.slice(2);
if (what === 'data') {
  writeFileSync(join(FIXTURES, 'series.om'), openMetrics());
  const lines = specialSeries().map(one => JSON.stringify(one));
  const about = 'Stale markers and native histograms; written by scripts/record-promql.mjs from seeded random numbers.';
  writeFileSync(join(FIXTURES, 'special.json'), `{"about":"${about}","series":[\n${lines.join(',\n')}\n]}\n`);
} else if (what === 'answers' && name) {
  writeFileSync(join(FIXTURES, `answers-${name}.json`), await recorded());
} else {
  console.error('usage: record-promql.mjs data | answers NAME [PROMETHEUS [VERSION]]');
  process.exit(2);
}

async function recorded() {
  const folder = mkdtempSync(join(tmpdir(), 'promql-'));
  writeFileSync(join(folder, 'prometheus.yml'), 'global: {}\n');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const flags = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--storage.tsdb.retention.time=100y',
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-remote-write-receiver',
    '--log.level=warn',
  ];
  const child = await started(program, flags, url);
  try {
    const release = version ?? (await answer(`${url}/api/v1/status/buildinfo`)).data.version;
    for (let from = START; from < START + 60 * MINUTE; from += SLICE) await push(url, from, from + SLICE);
    const expressions = JSON.parse(readFileSync(join(FIXTURES, 'expressions.json'), 'utf8'));
    const lines = [];
    for (const group of ['plain', 'stale', 'native']) {
      for (const expression of expressions[group]) {
        const results = [];
        for (const grid of GRIDS) results.push(await ranged(url, expression, grid));
        const order = /^sort/.test(expression) ? { at: INSTANT, order: await ordered(url, expression) } : {};
        lines.push(JSON.stringify({ expression, group, results, ...order }));
      }
    }
    const head = `"about":"Answers of Prometheus ${release}, recorded by scripts/record-promql.mjs; one list of values a series, null where it has none.","version":"${release}"`;
    return `{${head},"grids":${JSON.stringify(GRIDS)},"answers":[\n${lines.join(',\n')}\n]}\n`;
  } finally {
    const gone = new Promise(done => child.once('exit', done));
    child.kill();
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function push(url, from, to) {
  const slice = [...plainSeries(), ...specialSeries()].flatMap(one => {
    const kept = one.t.flatMap((at, i) => (at >= from && at < to ? [i] : []));
    return kept.length ? [{ ...one, t: kept.map(i => one.t[i]), v: kept.map(i => one.v[i]) }] : [];
  });
  if (slice.length === 0) return;
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' },
    body: writeRequest(slice),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

async function ranged(url, expression, { start, end, step }) {
  const query = new URLSearchParams({ query: expression, start: start / 1000, end: end / 1000, step: step / 1000 });
  const { status, data, error } = await answer(`${url}/api/v1/query_range?${query}`);
  if (status !== 'success') return { error };
  return data.result.map(({ metric, values, histograms }) => {
    if (histograms) throw new Error(`${expression} answers with histograms; ask for a number of them.`);
    const row = new Array(Math.floor((end - start) / step) + 1).fill(null);
    for (const [seconds, text] of values)
      row[Math.round((seconds * 1000 - start) / step)] = /^[+-]?(?:Inf|NaN)$/.test(text) ? text : Number(Number(text).toPrecision(DIGITS));
    return { metric, values: row };
  });
}

/** The labels of the elements, as they come. */
async function ordered(url, expression) {
  const query = new URLSearchParams({ query: expression, time: INSTANT / 1000 });
  const { data } = await answer(`${url}/api/v1/query?${query}`);
  return data.result.map(({ metric }) => metric);
}

async function answer(url) {
  return (await fetch(url)).json();
}

/** The program, ready; native histograms want a flag in 2.x that 3.x has forgotten. */
async function started(file, flags, url) {
  const child = spawn(file, [...flags, '--enable-feature=native-histograms'], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}`);
    const ready = await fetch(`${url}/-/ready`).then(
      response => response.ok,
      () => false,
    );
    if (ready) return child;
    await new Promise(done => setTimeout(done, 100));
  }
  child.kill();
  throw new Error(`${file} did not get ready`);
}

async function freePort() {
  const server = createServer();
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise(done => server.close(done));
  return port;
}
