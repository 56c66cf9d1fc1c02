import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOST_PIXELS, renderDashboard } from '../../src/render/dashboard.ts';
import { layOut } from '../../src/render/layout.ts';
import { END, marks, panels, START, widget } from './scenes.ts';

const place = fc.record({
  x: fc.integer({ min: -2, max: 40 }),
  y: fc.integer({ min: 0, max: 60 }),
  width: fc.integer({ min: 0, max: 30 }),
  height: fc.integer({ min: 0, max: 20 }),
});
const widgets = fc.array(fc.record({ place, section: fc.constantFrom('', 'Entry', 'Stores') }), { maxLength: 40 });

test('no panel covers another or reaches out of the picture, wherever the dashboard puts them', () => {
  fc.assert(
    fc.property(widgets, fc.integer({ min: 400, max: 2000 }), (given, width) => {
      const { panels: placed, sections, bottom, left } = layOut(given, width, 40, MOST_PIXELS);
      expect(placed.length + left).toBe(given.length);
      expect(bottom).toBeLessThanOrEqual(MOST_PIXELS + 10);
      const boxes = [...placed.map(({ box }) => box), ...sections.map(({ box }) => box)];
      for (const [i, a] of boxes.entries()) {
        expect(a.x).toBeGreaterThanOrEqual(0);
        expect(a.x + a.width).toBeLessThanOrEqual(width);
        expect(a.y).toBeGreaterThanOrEqual(40);
        for (const b of boxes.slice(i + 1)) {
          const apart =
            a.x + a.width <= b.x + 1e-6 || b.x + b.width <= a.x + 1e-6 || a.y + a.height <= b.y + 1e-6 || b.y + b.height <= a.y + 1e-6;
          expect(apart).toBe(true);
        }
      }
    }),
  );
});

test('a picture has at most 2,000 pixels a side and says how many panels had no room', () => {
  const many = Array.from({ length: 120 }, (_, i) => ({
    ...panels['lines']!,
    widget: widget('timeseries', `Panel ${i}`, { place: { x: 12 * (i % 2), y: 8 * Math.floor(i / 2), width: 12, height: 8 } }),
  }));
  const {
    height,
    width,
    left,
    panels: drawn,
    svg,
  } = renderDashboard({ title: 'Many', window: { start: START, end: END }, panels: many, marks: [], theme: 'dark', width: 9000 });
  expect(width).toBe(2000);
  expect(height).toBeLessThanOrEqual(MOST_PIXELS);
  expect(left).toBeGreaterThan(0);
  expect(drawn.length + left).toBe(120);
  expect(svg).toContain(`${left} more panels have no room here.`);
});

test('marks of a panel alone have room, and a panel too small for anything is drawn all the same', () => {
  for (const name of Object.keys(panels)) {
    for (const [width, height] of [
      [1, 2],
      [2, 3],
      [24, 40],
    ] as const) {
      const panel = { ...panels[name]!, marks };
      const small = { ...panel, widget: { ...panel.widget, place: { x: 0, y: 0, width, height } } };
      const { svg } = renderDashboard({
        title: name,
        window: { start: START, end: END },
        panels: [small],
        marks: [],
        theme: 'dark',
        width: 400,
      });
      expect(svg.replaceAll(/<text[^>]*>[^<]*<\/text>/g, '')).not.toMatch(/NaN|Infinity|undefined|="-\d[^"]*" height|width="-/);
    }
  }
});
