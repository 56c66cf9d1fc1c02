// Lays the lab's recordings out as the incident scorer reads them: node bench/lab/layout.mjs OUT [--sealed]
//   OUT/cases/lab         the recordings as they are, truth in OUT/truth/lab.jsonl
//   OUT/cases/lab-rates   the same with counters turned into rates per second: only for baselines that look at raw CSV values
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const incidents = resolve(here, '../../examples/incidents');
const [out, ...flags] = process.argv.slice(2);
if (!out || flags.some(flag => flag !== '--sealed')) {
  console.error('usage: node bench/lab/layout.mjs OUT [--sealed]');
  process.exit(2);
}

const lines = name =>
  existsSync(join(here, name))
    ? readFileSync(join(here, name), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line))
    : [];
const sealed = flags.includes('--sealed');
const cases = sealed ? lines('sealed-cases.jsonl') : lines('cases.jsonl');
const truth = sealed ? lines('sealed.jsonl') : lines('truth.jsonl');

for (const [set, place] of [
  ['lab', linkBundle],
  ['lab-rates', rateBundle],
]) {
  const folder = join(out, 'cases', set);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(out, 'truth'), { recursive: true });
  for (const entry of cases) for (const name of entry.folders) place(join(incidents, name), join(folder, name));
  write(join(folder, 'cases.jsonl'), cases);
  write(
    join(out, 'truth', `${set}.jsonl`),
    truth.map(({ id, accept, fault, group }) => ({ id, accept, fault, group })),
  );
}
console.log(`${cases.length} cases in ${resolve(out)}`);

function write(path, entries) {
  writeFileSync(path, entries.map(entry => `${JSON.stringify(entry)}\n`).join(''));
}

function linkBundle(from, to) {
  symlinkSync(from, to);
}

function rateBundle(from, to) {
  mkdirSync(join(to, 'metrics'), { recursive: true });
  for (const part of readdirSync(from)) if (part !== 'metrics') symlinkSync(join(from, part), join(to, part));
  for (const name of readdirSync(join(from, 'metrics'))) {
    const path = join(from, 'metrics', name);
    if (name.endsWith('.csv.gz')) writeFileSync(join(to, 'metrics', name), gzipSync(rates(gunzipSync(readFileSync(path)).toString())));
    else copyFileSync(path, join(to, 'metrics', basename(name)));
  }
}

/** The recorder writes series after series, in order of time: neighbouring lines with the same labels are one series. */
function rates(text) {
  const [header, ...rows] = text.trimEnd().split('\n');
  let before;
  const kept = rows.flatMap(row => {
    const [time, metric, value, ...labels] = row.split(',');
    if (!isCounter(metric)) return [row];
    const key = `${metric},${labels}`;
    const last = before;
    before = { key, seconds: Date.parse(time) / 1000, value: Number(value) };
    if (last?.key !== key) return [];
    const increase = before.value >= last.value ? before.value - last.value : before.value; // a restart begins at zero
    return [[time, metric, increase / (before.seconds - last.seconds), ...labels].join(',')];
  });
  return `${[header, ...kept].join('\n')}\n`;
}

function isCounter(metric) {
  if (/^pg_(stat_activity|locks|backends)_/.test(metric)) return false;
  return (
    /(_total|_count|_sum|_bucket)$/.test(metric) ||
    /^pg_stat_(database|user_tables|bgwriter)_(?!numbackends|stats_reset|n_live|n_dead)/.test(metric)
  );
}
