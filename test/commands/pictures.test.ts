import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../kit/server.ts';
import { sreCopilot } from '../kit/shell.ts';
import { incidentWindow, smallIncident } from '../kit/telemetry.ts';

const question = (more: object = {}) => JSON.stringify({ expressions: ['request_duration_seconds'], window: incidentWindow, ...more });

test('call writes the picture of an answer as PNG or SVG, and prints the numbers', async () => {
  const [files, cwd] = [smallIncident(), temporaryFolder()];
  const words = ['call', 'render_dashboard', question(), '--files', files];
  const png = await sreCopilot([...words, '--out', 'picture.png'], { cwd });
  expect(png).toMatchObject({ code: 0, errors: '' });
  expect(JSON.parse(png.output)).toMatchObject({ summary: expect.stringMatching(/^A picture of 1 panel/) });
  expect((await sharp(join(cwd, 'picture.png')).metadata()).format).toBe('png');
  const svg = await sreCopilot([...words, '--out', 'picture.SVG'], { cwd });
  expect(svg.code).toBe(0);
  expect(readFileSync(join(cwd, 'picture.SVG'), 'utf8')).toMatch(/^<svg .*<\/svg>$/s);
});

test('without --out it says that there is a picture', async () => {
  const { code, output, errors } = await sreCopilot(['call', 'render_dashboard', question(), '--files', smallIncident()]);
  expect(code).toBe(0);
  expect(JSON.parse(output)).toBeTruthy();
  expect(errors).toBe('There is a picture too: add --out FILE.png or --out FILE.svg.\n');
});

test.each([
  ['picture.jpg', 'render_dashboard', /ending \.png or \.svg/],
  ['no/such/folder/picture.png', 'render_dashboard', /could not be written/],
  ['picture.png', 'discover', /has no picture/],
])('--out %s for %s is refused in words', async (out, tool, sentence) => {
  const args = tool === 'discover' ? '{}' : question();
  const { code, errors } = await sreCopilot(['call', tool, args, '--files', smallIncident(), '--out', out]);
  expect(code).toBe(2);
  expect(errors).toMatch(sentence);
});

test('the demo draws the dashboard of the incident where it is told to', async () => {
  const cwd = temporaryFolder();
  const { code, output } = await sreCopilot(['demo', '--out', 'demo.png'], { cwd });
  expect(code).toBe(0);
  expect(output).toContain('call render_dashboard');
  expect(output).toContain(join(cwd, 'demo.png'));
  const { width, height } = await sharp(join(cwd, 'demo.png')).metadata();
  expect(width).toBe(1200);
  expect(height).toBeGreaterThan(800);
});

test('the demo without a file leaves nothing in the current folder', async () => {
  const cwd = temporaryFolder();
  const { code, output } = await sreCopilot(['demo'], { cwd, env: { TMPDIR: temporaryFolder() } });
  expect(code).toBe(0);
  const path = /The dashboard at the time of the incident: (\S+)/.exec(output)?.[1];
  expect(path && existsSync(path)).toBe(true);
  expect(path).not.toContain(cwd);
});
