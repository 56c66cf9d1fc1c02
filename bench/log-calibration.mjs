#!/usr/bin/env node
// How often quiet windows of logs are called unusual, against the stated rate.
//   node bench/log-calibration.mjs [--windows 2000] [--seed 1] [--recordings DIR --quiet START/END]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { contextOver, load, root, windowOf } from './log-calibration/product.mjs';
import { generator, quietCounts } from './log-calibration/quiet-counts.mjs';
import { recordedLogs } from './log-calibration/recorded-logs.mjs';

const { values } = parseArgs({
  options: {
    windows: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    recordings: { type: 'string', multiple: true, default: [] },
    quiet: { type: 'string' },
  },
});
const most = Number(values.windows);
const { templateChanges, logAnomalies, compareWindows } = await load(`
  export { templateChanges } from './src/analysis/logs/template-change.ts';
  export { logAnomalies } from './src/investigation/logs/log-anomalies.ts';
  export { compareWindows } from './src/investigation/compare-windows.ts';`);

// What the recordings are read with is bundled before the long part, so that one run is of one state of the code.
await contextOver([]);

console.log('Share of quiet windows with an alarm, and its 95 % interval\n');
const GENERATED = [
  // minutes of baseline, of window, templates, kind
  [480, 10, 30, 'independent'],
  [480, 10, 30, 'restless'],
  [480, 2, 30, 'restless'],
  [1440, 2, 150, 'restless'],
  [1440, 15, 150, 'restless'],
  [240, 30, 30, 'restless'],
  [120, 30, 30, 'restless'],
];
for (const [minutes, window, templates, kind] of GENERATED) {
  const random = generator(Number(values.seed) * 1000 + minutes + window);
  const begin = performance.now();
  const smallest = [];
  // The small ones are cheap.
  const windowsOf = templates < 100 ? 2 * most : most;
  for (let i = 0; i < windowsOf; i++) {
    const { before, after } = quietCounts(random, { minutes, window, templates, kind });
    smallest.push(Math.min(1, ...templateChanges(before, after).map(({ adjusted }) => adjusted)));
  }
  report(`generated, ${kind}: ${window} min against ${minutes} min, ${templates} templates`, smallest, performance.now() - begin);
}

const lines = name =>
  readFileSync(join(root, 'bench/lab', name), 'utf8')
    .trim()
    .split('\n')
    .map(JSON.parse);
const truths = new Map(lines('truth.jsonl').map(truth => [truth.id, truth]));
const recorded = lines('cases.jsonl').map(({ id, folders, baseline, window }) => ({
  folders: folders.map(folder => join(root, 'examples/incidents', folder)),
  // Where nothing at all was injected or deployed the window is quiet as well.
  quiet: truths.get(id).injected === 'none' ? { start: windowOf(baseline[0]).start, end: windowOf(window).end } : windowOf(baseline[0]),
}));
for (const seconds of [5, 10]) await cutFrom('recorded incidents before the fault', recorded, seconds);
if (values.recordings.length && values.quiet)
  for (const seconds of [5, 10]) await cutFrom('recordings', [{ folders: values.recordings, quiet: windowOf(values.quiet) }], seconds);

/** Windows of so many seconds against all quiet time before them, at least 24 windows of it. */
async function cutFrom(what, recordings, seconds) {
  const length = seconds * 1000;
  const begin = performance.now();
  const smallest = [];
  const compared = [];
  const kinds = new Map();
  const places = recordings.flatMap(({ folders, quiet }, i) => {
    const found = [];
    for (let start = quiet.start + 24 * length; start + length <= quiet.end; start += length) found.push({ i, folders, quiet, start });
    return found;
  });
  const step = Math.max(1, Math.floor(places.length / most));
  let context;
  let loaded = -1;
  for (let n = 0; n < places.length; n += step) {
    const { i, folders, quiet, start } = places[n];
    if (loaded !== i) context = await recordedLogs(folders);
    loaded = i;
    const { findings } = await logAnomalies({ window: { start, end: start + length } }, [{ start: quiet.start, end: start }], context);
    smallest.push(Math.min(1, ...findings.map(({ p }) => p)));
    const asked = { window: { start, end: start + length }, baseline: { start: quiet.start, end: start }, signals: ['logs'], limit: 1000 };
    const { rows } = (await compareWindows(asked, context)).sections[0];
    compared.push(Math.min(1, ...rows.map(({ p }) => p)));
    for (const { kind, p } of findings) if (p <= 0.05) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  report(`${what}: ${seconds} s, every detector`, smallest, performance.now() - begin);
  report(`${what}: ${seconds} s, compare_windows`, compared, performance.now() - begin);
  console.log(`    alarms by kind: ${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(', ') || 'none'}`);
}

function report(what, smallest, millis) {
  const at = rate => smallest.filter(p => p <= rate).length / smallest.length;
  const [low, high] = wilson(at(0.05), smallest.length);
  const shown = x => x.toFixed(4);
  console.log(
    `${what}\n    ${smallest.length} windows: ${shown(at(0.05))} (${shown(low)}–${shown(high)}) at the stated .05; ${shown(at(0.1))} at .10; ${shown(at(0.01))} at .01; ${Math.round(millis / 1000)} s`,
  );
}

function wilson(share, n) {
  const z = 1.96;
  const centre = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2))) / (1 + z ** 2 / n);
  return [Math.max(0, centre - half), centre + half];
}
