#!/usr/bin/env node
// Whether what was injected into the recorded incidents is found in their logs, how high up, and what is found where nothing was injected.
//   node bench/log-changes.mjs [--verbose]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { contextOver, load, root, windowOf } from './log-calibration/product.mjs';

const { values } = parseArgs({ options: { verbose: { type: 'boolean', default: false } } });
const lines = name =>
  readFileSync(join(root, 'bench/lab', name), 'utf8')
    .trim()
    .split('\n')
    .map(JSON.parse);
const truths = new Map(lines('truth.jsonl').map(truth => [truth.id, truth]));

/**
 * What a reader must see to know the injected change from the logs: which service and which words. Written down from `docs/lab.md` and the faults'
 * own descriptions; an incident that is not here leaves no trace in the logs beyond harmless restarts.
 */
const TRACES = {
  'table-lock': /statement timeout|still waiting for \w+Lock/,
  'expired-certificate': /certificate has expired/,
  'pool-leak': /timeout exceeded when trying to connect/,
  'slow-consumer': /backlog too long/,
  'cpu-quota': /slow request|no answer from inventory/,
  'short-timeout': /no answer from orders/,
  'memory-leak': /cart failed|heap|SIGABRT/,
  'clock-skew': /outside its validity/,
  'acquirer-slow': /slow request: POST|no answer from .* within|acquirer failed/,
  'redis-full': /OOM command not allowed|cache write failed/,
  'bad-deploy': /TypeError/,
  'hop-loss': /inventory failed|no answer from inventory/,
  'disk-full': /No space left on device/,
  'dropped-index': /reviews where product_id|statement timeout/,
  'retry-storm': /retrying POST/,
};

const { logAnomalies, compareWindows } = await load(`
  export { logAnomalies } from './src/investigation/logs/log-anomalies.ts';
  export { compareWindows } from './src/investigation/compare-windows.ts';`);

const totals = { cases: 0, anomalies: 0, top3: 0, compared: 0, quiet: 0, alarms: 0, listed: 0 };
console.log('incident  injected               detect: rank of findings   compare: rank of rows');
for (const { id, folders, window, baseline } of lines('cases.jsonl')) {
  const truth = truths.get(id);
  const context = await contextOver(folders.map(folder => join(root, 'examples/incidents', folder)));
  const asked = { window: windowOf(window), baseline: baseline.map(windowOf) };
  const { findings } = await logAnomalies({ window: asked.window }, asked.baseline, context);
  const reply = await compareWindows({ window: asked.window, baseline: asked.baseline[0], signals: ['logs'], limit: 100 }, context);
  const { rows } = reply.sections[0];
  const trace = TRACES[truth.injected];
  const words = finding => [finding.template?.text, finding.example, finding.reason, ...(finding.also ?? [])].join(' ');
  const found = trace ? findings.findIndex(finding => trace.test(words(finding))) + 1 : 0;
  const compared = trace ? rows.findIndex(row => trace.test(`${row.template} ${row.example ?? ''}`)) + 1 : 0;
  if (trace) {
    totals.cases++;
    if (found > 0) totals.anomalies++;
    if (found > 0 && found <= 3) totals.top3++;
    if (compared > 0) totals.compared++;
  } else {
    totals.quiet++;
    totals.alarms += findings.filter(({ p }) => p <= 0.05).length;
    totals.listed += findings.length;
  }
  const told = trace
    ? [`${found || '–'} of ${findings.length}`, `${compared || '–'} of ${rows.length}`]
    : [`${findings.length} found`, `${rows.length} rows`];
  console.log(`${id}    ${truth.injected.padEnd(22)} ${told[0].padEnd(26)} ${told[1]}`);
  if (values.verbose) for (const finding of findings) console.log(`    ${finding.score} ${finding.reason}`);
}
console.log(
  `\ninjected changes that logs show: ${totals.anomalies} of ${totals.cases} found, ${totals.top3} among the first three; by compare_windows ${totals.compared}`,
);
console.log(
  `incidents that logs do not show, and healthy stretches: ${totals.quiet}; findings at the stated rate ${totals.alarms}, listed ${totals.listed}`,
);
