import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { renderDashboard } from '../../src/render/dashboard.ts';
import { indexed } from '../../src/render/palette.ts';
import { renderPanel } from '../../src/render/panel.ts';
import { toPng } from '../../src/render/png.ts';
import { themeOf } from '../../src/render/theme.ts';
import { dashboard, END, marks, panels, START } from './scenes.ts';

const INK = join(import.meta.dirname, '../fixtures/pictures/ink.json');
const COLUMNS = 4;
const ROWS = 3;

/** Share of pixels that are not ground, in a grid over the picture: what stays the same from one version of the rasteriser to the next. */
async function inkOf(png: Uint8Array, ground: string): Promise<number[]> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const [r, g, b] = [1, 3, 5].map(at => Number.parseInt(ground.slice(at, at + 2), 16)) as [number, number, number];
  const counts = new Array<number>(COLUMNS * ROWS).fill(0);
  for (let y = 0; y < info.height; y++) {
    for (let x = 0; x < info.width; x++) {
      const i = 3 * (y * info.width + x);
      const away = Math.abs(data[i]! - r) + Math.abs(data[i + 1]! - g) + Math.abs(data[i + 2]! - b);
      if (away > 30) counts[Math.floor((y * ROWS) / info.height) * COLUMNS + Math.floor((x * COLUMNS) / info.width)]!++;
    }
  }
  return counts.map(n => Math.round((1000 * n * COLUMNS * ROWS) / (info.width * info.height)));
}

describe('the picture of', () => {
  const known: Record<string, number[]> = existsSync(INK) ? JSON.parse(readFileSync(INK, 'utf8')) : {};
  const isNew = Object.keys(known).length === 0;

  test.each(Object.entries(panels))('%s has its ink where it had it', async (name, panel) => {
    for (const theme of ['dark', 'light'] as const) {
      const { svg, width, height } = renderPanel(panel, { window: { start: START, end: END }, marks, theme, width: 620, height: 300 });
      const png = await toPng(svg);
      const meta = await sharp(png).metadata();
      expect([meta.width, meta.height, meta.format]).toEqual([width, height, 'png']);
      expect(png.length).toBeLessThan(100_000);
      const ink = await inkOf(png, themeOf(theme).panel);
      const before = known[`${theme} ${name}`];
      if (isNew) known[`${theme} ${name}`] = ink;
      else
        for (const [i, share] of ink.entries())
          expect(Math.abs(share - before![i]!), `cell ${i} of ${theme}`).toBeLessThanOrEqual(12 + 0.1 * before![i]!);
    }
    // Made anew by deleting the file; it is then to be looked at.
    if (isNew) writeFileSync(INK, `${JSON.stringify(known)}\n`);
  });

  test('every kind was looked at: a file of ink that was made anew is no proof', () => {
    expect(isNew).toBe(false);
  });

  test('twelve panels is less than a megabyte', async () => {
    const { svg, width, height } = renderDashboard(dashboard('light'));
    const png = await toPng(svg);
    const meta = await sharp(png).metadata();
    expect([meta.width, meta.height]).toEqual([width, height]);
    expect(png.length).toBeLessThan(400_000);
  });
});

describe('few colours instead of many', () => {
  test('keep every colour when there are few', () => {
    const pixels = new Uint8Array(4 * 6);
    pixels.set([10, 20, 30, 255, 10, 20, 30, 255, 200, 0, 0, 255, 0, 200, 0, 255, 0, 200, 0, 255, 10, 20, 30, 255]);
    const { rows, palette } = indexed([pixels.slice(0, 12), pixels.slice(12)], 3);
    const colorAt = (x: number, y: number) => [...palette.subarray(3 * rows[y * 4 + 1 + x]!, 3 * rows[y * 4 + 1 + x]! + 3)];
    expect([colorAt(0, 0), colorAt(2, 0), colorAt(0, 1), colorAt(2, 1)]).toEqual([
      [10, 20, 30],
      [200, 0, 0],
      [0, 200, 0],
      [10, 20, 30],
    ]);
    expect([rows[0], rows[4]]).toEqual([0, 0]);
  });

  test('stay near the colours that they stand for, and keep the hue of a rare one', () => {
    const [width, height] = [256, 200];
    const pixels = new Uint8Array(4 * width * height);
    for (let i = 0; i < width * height; i++) pixels.set([i % 256, (i * 7) % 256, Math.floor(i / 256) % 256, 255], 4 * i);
    const rare = [255, 0, 255];
    pixels.set([...rare, 255], 4 * 777);
    const { rows, palette } = indexed([pixels], width);
    expect(palette.length).toBe(3 * 256);
    let total = 0;
    for (let i = 0; i < width * height; i++) {
      const index = rows[Math.floor(i / width) * (width + 1) + 1 + (i % width)]!;
      for (let channel = 0; channel < 3; channel++) total += Math.abs(palette[3 * index + channel]! - pixels[4 * i + channel]!);
    }
    expect(total / (3 * width * height)).toBeLessThan(20);
    const row = Math.floor(777 / width);
    const index = rows[row * (width + 1) + 1 + (777 % width)]!;
    expect(palette[3 * index]! - palette[3 * index + 1]!).toBeGreaterThan(100);
  });
});
