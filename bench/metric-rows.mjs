#!/usr/bin/env node
// Whether the metric functions beat their plain references by more than noise: paired differences by file, series or machine with their
// bootstrap intervals, and with each category left out.
//   node bench/metric-rows.mjs --data DIR [--shared DIR] [--only nab,m4,smd,asd,blame] [--analysis FILE]
// DIR holds nab/, m4/, mts/; --shared the folder with bench/metrics/ (the judge); --analysis defaults to the build.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import * as references from './metric-references.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: { data: { type: 'string' }, shared: { type: 'string' }, only: { type: 'string' }, analysis: { type: 'string' } },
});
if (!values.data) {
  console.error('--data names the folder with nab/, m4/ and mts/.');
  process.exit(2);
}
const data = resolve(values.data);
const shared = resolve(values.shared ?? join(root, '..', 'shared'));
const judge = file => import(pathToFileURL(join(shared, 'bench', 'metrics', file)).href);
const analysis = await import(pathToFileURL(resolve(values.analysis ?? join(root, 'dist', 'analysis.js'))).href);
const [{ nab }, { m4 }, { smd, asd, blame }, { readJson, readCsv }] = await Promise.all(
  ['nab.mjs', 'm4.mjs', 'multivariate.mjs', 'data.mjs'].map(judge),
);
const work = mkdtempSync(join(tmpdir(), 'sre-rows-'));
const only = values.only?.split(',');

try {
  for (const [name, rows] of Object.entries({
    nab: nabRows,
    m4: m4Rows,
    smd: () => machines('SMD', smd),
    asd: () => machines('ASD', asd),
    blame: blameRows,
  }))
    if (!only || only.includes(name)) rows().forEach(report);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** A data folder that holds one item of a set only, so that the judge's own code gives the figure of this item. */
function alone(set, files) {
  const dir = mkdtempSync(join(work, `${set}-`));
  for (const [path, content] of Object.entries(files)) {
    const at = join(dir, path);
    mkdirSync(dirname(at), { recursive: true });
    if (content === null) symlinkSync(join(data, path), at);
    else writeFileSync(at, content);
  }
  return dir;
}

function figuresOf(block, folder, names) {
  return [analysis, references].map(side => {
    const { figures } = block.run(side, { data: folder });
    return names.map(name => figures.find(figure => figure.name === name).value);
  });
}

/** Points of a file count as its share of all windows; files without windows only lose. */
function nabRows() {
  const windows = readJson(data, 'nab', 'labels', 'combined_windows.json');
  const profiles = ['standard', 'low-FP', 'low-FN'];
  const items = Object.entries(windows).map(([key, edges]) => {
    // A window that never comes keeps the score defined; it is missed by both.
    const folder = alone('nab', {
      'nab/labels/combined_windows.json': JSON.stringify({ [key]: edges }),
      [`nab/data/${key}`]: null,
    });
    const scores =
      edges.length === 0
        ? lostBy(key)
        : figuresOf(
            nab,
            folder,
            profiles.map(profile => `${profile}, threshold 1`),
          );
    return { category: key.split('/')[0], weight: edges.length, sides: scores, key };
  });
  return profiles.map((profile, k) => ({
    title: `NAB ${profile}`,
    better: 'more',
    items: items.map(({ category, weight, sides }) => ({
      category,
      share: weight || 1,
      counts: weight,
      sides: sides.map(side => side[k]),
    })),
  }));
}

/** A file without windows: what its false rows cost, in points of one window. */
function lostBy(key) {
  const rows = readCsv(data, 'nab', 'data', key).slice(1);
  const warmUpRows = Math.min(Math.floor(0.15 * rows.length), 750);
  const t = rows.map(([stamp]) => Date.parse(`${stamp.replace(' ', 'T')}Z`));
  return [analysis, references].map(side => {
    const detector = side.noveltyDetector({ warmUpRows, coolDownRows: Math.floor(0.22 * warmUpRows), stepMs: t[1] - t[0] });
    const alerts = rows.filter(([, value], i) => detector.push(t[i], Number(value)) >= 1).length;
    return [(-11 * alerts) / 2, (-22 * alerts) / 2, (-11 * alerts) / 3];
  });
}

function m4Rows() {
  const train = readCsv(data, 'm4', 'Hourly-train.csv');
  const test = readCsv(data, 'm4', 'Hourly-test.csv');
  const line = cells => `${cells.join(',')}\n`;
  const items = train.slice(1).map((cells, i) => {
    const folder = alone('m4', {
      'm4/Hourly-train.csv': line(train[0]) + line(cells),
      'm4/Hourly-test.csv': line(test[0]) + line(test.find(([id]) => id === cells[0])),
    });
    // The sampling order of the set is no order of kinds; its eighths stand for categories.
    return { category: `eighth ${1 + Math.floor((8 * i) / (train.length - 1))}`, sides: figuresOf(m4, folder, ['sMAPE', 'MASE', 'MSIS']) };
  });
  return ['sMAPE', 'MASE', 'MSIS'].map((title, k) => ({
    title: `M4 hourly ${title}`,
    better: 'less',
    items: items.map(({ category, sides }) => ({ category, share: 1, sides: sides.map(side => side[k]) })),
  }));
}

function machines(set, block) {
  const fits = { self: 'fitted on the window itself', train: 'with the train part as baseline' };
  const entities = Object.keys(readJson(data, 'mts', 'index.json')[set]);
  const items = entities.map(name => ({
    category: name,
    sides: figuresOf(
      block,
      entity(set, name),
      Object.values(fits).map(fit => `VUS-PR, ${fit}`),
    ),
  }));
  return Object.values(fits).map((fit, k) => ({
    title: `${set} VUS-PR ${fit}`,
    better: 'more',
    items: items.map(({ category, sides }) => ({ category, share: 1, sides: sides.map(side => side[k]) })),
  }));
}

function entity(set, name, both = { [set]: [name] }) {
  const index = readJson(data, 'mts', 'index.json');
  const files = {};
  const kept = {};
  for (const [each, names] of Object.entries(both)) {
    kept[each] = Object.fromEntries(names.map(one => [one, index[each][one]]));
    for (const one of names) for (const part of ['train.f32', 'test.f32', 'label.u8']) files[`mts/${each}/${one}.${part}`] = null;
  }
  return alone('mts', { 'mts/index.json': JSON.stringify(kept), ...files });
}

function blameRows() {
  const index = readJson(data, 'mts', 'index.json');
  return ['SMD', 'ASD'].map(set => {
    const other = set === 'SMD' ? 'ASD' : 'SMD';
    const items = Object.keys(index[set]).map(name => {
      const folder = entity(set, name, { [set]: [name], [other]: [Object.keys(index[other])[0]] });
      return {
        category: name,
        share: 1,
        sides: figuresOf(blame, folder, [`HitRate@150 %, ${set}, with baseline`]).map(([value]) => value),
      };
    });
    return { title: `blame ${set}, with baseline`, better: 'more', items };
  });
}

function report({ title, better, items }) {
  const sign = better === 'more' ? 1 : -1;
  const average = (list, of) =>
    list.reduce((sum, item) => sum + item.share * of(item), 0) / list.reduce((sum, item) => sum + (item.counts ?? item.share), 0);
  const gain = ({ sides: [ours, reference] }) => sign * (ours - reference);
  const random = seeded(7);
  const draws = Array.from({ length: 4000 }, () =>
    average(
      items.map(() => items[Math.floor(random() * items.length)]),
      gain,
    ),
  ).sort((a, b) => a - b);
  const [low, high] = [draws[100], draws[3899]];
  const categories = [...new Set(items.map(item => item.category))];
  const without = categories
    .map(category => ({
      category,
      gain: average(
        items.filter(item => item.category !== category),
        gain,
      ),
    }))
    .sort((a, b) => a.gain - b.gain);
  const wins = items.filter(item => gain(item) > 1e-9).length;
  const losses = items.filter(item => gain(item) < -1e-9).length;
  const digits = Math.abs(average(items, item => item.sides[0])) > 20 ? 2 : 3;
  const show = value => value.toFixed(digits);
  console.log(
    `${title.padEnd(50)} ours ${show(average(items, item => item.sides[0]))} reference ${show(average(items, item => item.sides[1]))} gain ${show(average(items, gain))} [${show(low)}, ${show(high)}]${low > 0 ? ' beyond noise' : ''}; ${wins} better, ${losses} worse of ${items.length}; least without ${without[0].category}: ${show(without[0].gain)}`,
  );
}

function seeded(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
