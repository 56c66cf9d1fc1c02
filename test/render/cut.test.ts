import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { halves, joinedParts, type Part } from '../../src/render/cut.ts';
import { renderDashboard } from '../../src/render/dashboard.ts';
import { toPng } from '../../src/render/png.ts';
import { dashboard } from './scenes.ts';

test('the cut crosses nothing and leaves about half of the work on each side', () => {
  const part = fc.record({
    top: fc.integer({ min: 0, max: 1000 }),
    height: fc.integer({ min: 1, max: 300 }),
    length: fc.integer({ min: 1, max: 500 }),
  });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), given => {
      const parts: Part[] = given.map(({ top, height, length }, i) => ({
        top,
        bottom: top + height,
        svg: `<g id="${i}">${'x'.repeat(length)}</g>`,
      }));
      const text = joinedParts(parts);
      for (const { svg } of parts) expect(text).toContain(svg);
      const [above, below] = text.split(/<!--cut \d+-->/);
      if (below === undefined) return;
      const y = Number(/<!--cut (\d+)-->/.exec(text)![1]);
      for (const { svg, top, bottom } of parts) expect(above!.includes(svg) ? bottom <= y : top >= y).toBe(true);
      expect(Math.min(above!.length, below.length)).toBeGreaterThan(text.length / 5);
    }),
  );
});

test('both halves together are the picture, pixel for pixel', async () => {
  const { svg, width, height } = renderDashboard(dashboard('dark'));
  const pieces = halves(svg);
  expect(pieces).toHaveLength(2);
  // The first call gives the rasteriser its fonts.
  await toPng(svg);
  const pixels = (picture: string) => sharp(Buffer.from(picture)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const whole = await pixels(svg);
  const parts = await Promise.all(pieces.map(pixels));
  expect([whole.info.width, whole.info.height]).toEqual([width, height]);
  expect(parts.reduce((sum, { info }) => sum + info.height, 0)).toBe(height);
  expect(Buffer.concat(parts.map(({ data }) => data)).equals(whole.data)).toBe(true);
});

test('a picture without a mark is one piece, and so is what is no picture of ours', () => {
  expect(halves('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>a</text></svg>')).toHaveLength(1);
  expect(halves('<svg><!--cut 5--></svg>')).toHaveLength(1);
});
