#!/usr/bin/env node
// How long a picture takes: one chart of 5 series with 1,440 points each and a dashboard of 12 panels, the first one of a fresh process
// (with loading everything) and the later ones. Medians of several processes, beside what a bare rasterisation of the same SVG takes; on a
// busy machine only the time of one core says something.
//   node bench/render.mjs [--processes 5] [--pictures 15] [--json FILE]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { options } from '../build.mjs';

const { values } = parseArgs({
  options: { processes: { type: 'string', default: '5' }, pictures: { type: 'string', default: '15' }, json: { type: 'string' } },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(root, '.bench-render-'));
process.once('exit', () => rmSync(work, { recursive: true, force: true }));

const program = `
  import { chart, dashboard, END, START } from ${JSON.stringify(join(root, 'test/render/scenes.ts'))};
  import { renderPanel } from ${JSON.stringify(join(root, 'src/render/panel.ts'))};
  import { renderDashboard } from ${JSON.stringify(join(root, 'src/render/dashboard.ts'))};
  import { toPng } from ${JSON.stringify(join(root, 'src/render/png.ts'))};
  const median = times => times.sort((a, b) => a - b)[times.length >> 1];
  const scenes = { chart: chart(), dashboard: dashboard('dark') };
  const draws = {
    chart: () => renderPanel(scenes.chart, { window: { start: START, end: END }, theme: 'dark', width: 1200, height: 600 }).svg,
    dashboard: () => renderDashboard(scenes.dashboard).svg,
  };
  const draw = draws[process.argv[2]];
  const timed = async work => { const began = performance.now(); const out = await work(); return [performance.now() - began, out]; };
  const start = process.cpuUsage();
  const [first, png] = await timed(async () => toPng(draw()));
  const opening = process.cpuUsage(start);
  const firstCpu = (opening.user + opening.system) / 1000;
  const warm = [], own = [], raster = [];
  await toPng(draw());
  const before = process.cpuUsage();
  for (let i = 0; i < ${Number(values.pictures)}; i++) warm.push((await timed(async () => toPng(draw())))[0]);
  const used = process.cpuUsage(before);
  const cpu = (used.user + used.system) / 1000 / ${Number(values.pictures)};
  for (let i = 0; i < ${Number(values.pictures)}; i++) own.push((await timed(async () => draw()))[0]);
  const { default: sharp } = await import('sharp');
  const svg = Buffer.from(draw());
  for (let i = 0; i < ${Number(values.pictures)}; i++) raster.push((await timed(() => sharp(svg).raw().toBuffer()))[0]);
  console.log(JSON.stringify({ first, firstCpu, cpu, least: Math.min(...warm), warm: median(warm), svg: median(own), raster: median(raster), bytes: png.length, rss: process.memoryUsage.rss() }));
`;
await build({
  ...options,
  entryPoints: undefined,
  stdin: { contents: program, resolveDir: root, loader: 'ts' },
  outfile: join(work, 'render.mjs'),
  outdir: undefined,
  splitting: false,
});

const median = numbers => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const anchors = { chart: 'anchor 73 / 43', dashboard: 'anchor 103 / 90' };
const result = { node: process.version };
for (const what of Object.keys(anchors)) {
  const runs = Array.from({ length: Number(values.processes) }, () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(work, 'render.mjs'), what], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  });
  const of = key => Math.round(median(runs.map(run => run[key])));
  result[what] = {
    firstMs: of('first'),
    warmMs: of('warm'),
    leastMs: of('least'),
    firstCpuMs: of('firstCpu'),
    cpuMs: of('cpu'),
    svgMs: of('svg'),
    rasterMs: of('raster'),
    bytes: of('bytes'),
    rssBytes: of('rss'),
  };
  const { firstMs, firstCpuMs, warmMs, leastMs, cpuMs, svgMs, rasterMs, bytes, rssBytes } = result[what];
  console.log(
    `${what.padEnd(10)} first ${firstMs} ms (${firstCpuMs} ms of one core), warm ${warmMs} ms, at best ${leastMs} ms, ${cpuMs} ms of one core (writing the SVG ${svgMs} ms, bare rasterisation ${rasterMs} ms), ` +
      `${Math.round(bytes / 1000)} kB, ${Math.round(rssBytes / 1e6)} MB; ${anchors[what]} ms without encoding a palette`,
  );
}
result.load = loadavg().map(load => Number(load.toFixed(1)));
console.log(`load ${result.load.join(' ')}, Node ${process.version}`);
if (values.json) writeFileSync(values.json, `${JSON.stringify(result)}\n`);
