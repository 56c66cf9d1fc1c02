#!/usr/bin/env node
// Reads every Grafana dashboard below a folder and holds what was read against an independent walk over the same JSON: panels, queries,
// their texts at the paths that are said, thresholds and units. The walk shares no code with the reader.
//   node bench/dashboards.mjs FOLDER [--list] [--json FILE]
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { list: { type: 'boolean', default: false }, json: { type: 'string' } },
});
const folder = positionals[0];
if (!folder) {
  console.error('Name a folder of dashboards.');
  process.exit(2);
}
const root = fileURLToPath(new URL('..', import.meta.url));
const module = join(root, 'node_modules', `.bench-dashboards-${process.pid}.mjs`);
process.once('exit', () => rmSync(module, { force: true }));
await build({
  entryPoints: [join(root, 'src/analysis/dashboards/read.ts')],
  bundle: true,
  format: 'esm',
  platform: 'node',
  outfile: module,
  logLevel: 'error',
});
const { readDashboard } = await import(pathToFileURL(module).href);

const files = readdirSync(folder, { recursive: true })
  .map(String)
  .filter(name => name.endsWith('.json'))
  .sort();
const total = {
  files: 0,
  parsed: 0,
  panels: 0,
  panelsCounted: 0,
  queries: 0,
  queriesCounted: 0,
  steps: 0,
  stepsKept: 0,
  units: 0,
  unitsKept: 0,
  unitsWithMeaning: 0,
  thresholds: 0,
  byDefault: 0,
  warnings: 0,
  unsupported: 0,
};
const forms = {};
const kinds = {};
const languages = {};
const ownUnits = {};
const faults = [];
const began = process.hrtime.bigint();

for (const name of files) {
  total.files++;
  const document = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  let dashboard;
  try {
    dashboard = readDashboard(document, name);
  } catch (error) {
    faults.push(`${name}: throws ${error.stack.split('\n').slice(0, 3).join(' ')}`);
    continue;
  }
  if (!dashboard) {
    faults.push(`${name}: is not taken for a dashboard`);
    continue;
  }
  total.parsed++;
  forms[dashboard.schema] = (forms[dashboard.schema] ?? 0) + 1;
  const counted = walk(document);
  const queries = dashboard.widgets.flatMap(widget => widget.queries);
  total.panels += dashboard.widgets.length;
  total.panelsCounted += counted.panels;
  if (dashboard.widgets.length !== counted.panels)
    faults.push(`${name}: ${dashboard.widgets.length} panels read, ${counted.panels} counted`);
  total.queries += queries.length;
  total.queriesCounted += counted.texts.length;
  const missing = difference(
    counted.texts,
    queries.map(query => query.text),
  );
  if (missing.length > 0) faults.push(`${name}: ${missing.length} query texts not read, as ${JSON.stringify(missing[0]).slice(0, 120)}`);
  for (const query of queries)
    if (query.text !== '' && at(document, query.path) !== query.text)
      faults.push(`${name}: ${query.path?.join('.')} is not where its text stands`);
  const values = dashboard.widgets.flatMap(widget =>
    widget.thresholds.flatMap(({ value, until }) => (until === undefined ? [value] : [value, until])),
  );
  const lost = difference(counted.steps, values);
  total.steps += counted.steps.length;
  total.stepsKept += counted.steps.length - lost.length;
  if (lost.length > 0) faults.push(`${name}: thresholds not kept: ${lost.slice(0, 5).join(', ')}`);
  const units = dashboard.widgets.flatMap(widget => (widget.nativeUnit === undefined ? [] : [widget.nativeUnit]));
  const unkept = difference(counted.units, units);
  total.units += counted.units.length;
  total.unitsKept += counted.units.length - unkept.length;
  if (unkept.length > 0) faults.push(`${name}: units not kept: ${unkept.slice(0, 5).join(', ')}`);
  for (const widget of dashboard.widgets) {
    kinds[widget.kind] = (kinds[widget.kind] ?? 0) + 1;
    if (widget.unit !== '') total.unitsWithMeaning++;
    if (/^\{/.test(widget.unit))
      ownUnits[`${widget.nativeUnit} -> ${widget.unit}`] = (ownUnits[`${widget.nativeUnit} -> ${widget.unit}`] ?? 0) + 1;
    total.thresholds += widget.thresholds.length;
    total.byDefault += widget.thresholds.filter(one => one.byDefault).length;
    total.unsupported += widget.unsupported.length > 0 ? 1 : 0;
    const { x, y, width, height } = widget.place;
    if (!(x >= 0 && y >= 0 && width >= 1 && height >= 1 && x + width <= 24))
      faults.push(`${name}: panel ${widget.id} lies outside of the grid`);
    for (const query of widget.queries) languages[query.language] = (languages[query.language] ?? 0) + 1;
  }
  total.warnings += dashboard.warnings.length;
}
const millis = Number(process.hrtime.bigint() - began) / 1e6;

console.log(`${total.parsed} of ${total.files} dashboards read in ${millis.toFixed(0)} ms; forms ${JSON.stringify(forms)}`);
console.log(`panels: ${total.panels} read, ${total.panelsCounted} counted independently; ${JSON.stringify(kinds)}`);
console.log(`queries: ${total.queries} read, ${total.queriesCounted} texts counted independently; ${JSON.stringify(languages)}`);
console.log(
  `thresholds: ${total.stepsKept} of ${total.steps} steps kept; ${total.thresholds} in all, ${total.byDefault} of them the editor's`,
);
console.log(`units: ${total.unitsKept} of ${total.units} kept; ${total.unitsWithMeaning} panels with a unit that says something`);
console.log(`panels that are not wholly shown: ${total.unsupported}; warnings: ${total.warnings}`);
if (values.list)
  console.log(
    Object.entries(ownUnits)
      .sort((a, b) => b[1] - a[1])
      .map(([unit, n]) => `${n}  ${unit}`)
      .join('\n'),
  );
for (const fault of faults) console.log(`FAULT ${fault}`);
if (values.json)
  writeFileSync(
    values.json,
    JSON.stringify({ passed: total.parsed, failed: faults.length, skipped: 0, ...total, forms, kinds, languages }),
  );
process.exitCode = faults.length > 0 ? 1 : 0;

/** Every object of the JSON, by nothing but names of keys. */
function walk(document) {
  const found = { panels: 0, texts: [], steps: [], units: [] };
  const spec = document.spec;
  if (spec?.elements) found.panels = Object.keys(spec.elements).length;
  const visit = (node, key, inPanel) => {
    if (Array.isArray(node)) {
      for (const one of node) {
        const panel = key === 'panels' && one && typeof one === 'object' && one.type !== 'row';
        if (panel) {
          found.panels++;
          const unit = one.fieldConfig?.defaults?.unit || one.yaxes?.[0]?.format || one.format;
          if (unit) found.units.push(unit);
        }
        if (key === 'targets' && inPanel && typeof one === 'object') {
          const own = one.expr || one.query || one.rawSql || one.expression || one.sqlExpression || one.metricName;
          if (typeof own === 'string' && own !== '')
            found.texts.push(
              [one.expr, one.query, one.rawSql, one.sqlExpression, one.expression, one.metricName].find(
                x => typeof x === 'string' && x !== '',
              ),
            );
        }
        visit(one, key, inPanel || panel);
      }
      return;
    }
    if (!node || typeof node !== 'object') return;
    if (key === 'thresholds' || key === 'value') {
      const steps = Array.isArray(node.steps) ? node.steps : [];
      found.steps.push(...new Set(steps.slice(1).flatMap(step => (typeof step.value === 'number' ? [step.value] : []))));
    }
    if (node.kind === 'PanelQuery' && typeof node.spec?.query?.spec?.expr === 'string') found.texts.push(node.spec.query.spec.expr);
    for (const [inner, value] of Object.entries(node)) visit(value, inner, inPanel);
  };
  visit(document, '', false);
  return found;
}

/** What of `wanted` is not in `given`, each as often as it stands there. */
function difference(wanted, given) {
  const left = new Map();
  for (const one of given) left.set(one, (left.get(one) ?? 0) + 1);
  return wanted.filter(one => {
    const n = left.get(one) ?? 0;
    if (n > 0) left.set(one, n - 1);
    return n === 0;
  });
}

function at(document, path) {
  return (path ?? []).reduce((node, key) => node?.[key], document);
}
