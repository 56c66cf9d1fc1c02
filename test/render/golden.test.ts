import { describe, expect, test } from 'vitest';
import { renderDashboard } from '../../src/render/dashboard.ts';
import { renderPanel } from '../../src/render/panel.ts';
import { dashboard, END, marks, panels, START } from './scenes.ts';

const FOLDER = '../fixtures/pictures';
const options = { window: { start: START, end: END }, marks, width: 620, height: 300 } as const;

/** One element a line, so that a change can be read. */
const lines = (svg: string) => `${svg.replaceAll('><', '>\n<')}\n`;
const withoutColors = (svg: string) => svg.replace(/ (fill|stroke)="(#[0-9a-f]+|rgb\([^)]*\))"/g, '');

describe.each(Object.entries(panels))('%s', (name, panel) => {
  test('is drawn as it was when it was last looked at; a change is a deliberate act (vitest -u)', async () => {
    const { svg } = renderPanel(panel, { ...options, theme: 'dark' });
    await expect(lines(svg)).toMatchFileSnapshot(`${FOLDER}/${name.replaceAll(' ', '-')}.svg`);
  });

  test('is made of shapes and words only, each with a place', () => {
    const { svg } = renderPanel(panel, { ...options, theme: 'dark' });
    const names = new Set([...svg.matchAll(/<\/?([^\s/>]+)/g)].map(match => match[1]));
    expect([...names].filter(name => !['svg', 'rect', 'path', 'circle', 'text', 'g'].includes(name!))).toEqual([]);
    expect(svg.replaceAll(/<text[^>]*>[^<]*<\/text>/g, '')).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  test('the light theme has other colours and nothing else', () => {
    const [dark, light] = (['dark', 'light'] as const).map(theme => renderPanel(panel, { ...options, theme }).svg) as [string, string];
    expect(light).not.toBe(dark);
    // What is written inside a colour is black or white by the colour, which is a colour too.
    expect(withoutColors(light)).toBe(withoutColors(dark));
  });
});

test('a dashboard of twelve panels is drawn as it was', async () => {
  const { svg, panels: drawn, left } = renderDashboard(dashboard('dark'));
  expect([drawn.length, left]).toEqual([12, 0]);
  await expect(lines(svg)).toMatchFileSnapshot(`${FOLDER}/dashboard.svg`);
});
