import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Reply } from '../../src/model/answer.ts';
import { defineTool, READ_ONLY } from '../../src/model/tool.ts';
import { clientOf, testApplication } from '../kit/application.ts';
import { incidentWindow, smallIncident } from '../kit/telemetry.ts';

type Content = readonly { readonly type: string; readonly text?: string; readonly data?: string; readonly mimeType?: string }[];

function withDashboard(): string {
  const folder = smallIncident();
  mkdirSync(join(folder, 'dashboards'));
  const panel = (id: number, title: string, expr: string, unit: string, x: number, y: number) => ({
    id,
    title,
    type: 'timeseries',
    gridPos: { x, y, w: 12, h: 8 },
    fieldConfig: {
      defaults: {
        unit,
        thresholds: {
          mode: 'absolute',
          steps: [
            { value: null, color: 'green' },
            { value: 1, color: 'red' },
          ],
        },
        custom: { thresholdsStyle: { mode: 'line' } },
      },
      overrides: [],
    },
    targets: [{ refId: 'A', expr, legendFormat: '{{service}} for carol.jones@example.com' }],
  });
  const dashboard = {
    uid: 'front',
    title: 'Front of carol.jones@example.com',
    schemaVersion: 38,
    panels: [
      panel(1, 'Latency', 'request_duration_seconds', 's', 0, 0),
      panel(2, 'Errors', 'request_errors', 'short', 12, 0),
      panel(3, 'Nothing', 'no_such_metric', 's', 0, 8),
    ],
  };
  writeFileSync(join(folder, 'dashboards/front.json'), JSON.stringify(dashboard));
  return folder;
}

test('a picture comes as image content beside the numbers as text, without structured content', async () => {
  const client = await clientOf(testApplication([withDashboard()]));
  const result = await client.callTool({
    name: 'render_dashboard',
    arguments: { dashboard: 'front', window: incidentWindow, incident: incidentWindow },
  });
  expect(result.isError).toBeFalsy();
  expect(result.structuredContent).toBeUndefined();
  const [said, image] = result.content as Content;
  expect([said!.type, image!.type, image!.mimeType]).toEqual(['text', 'image', 'image/png']);
  const meta = await sharp(Buffer.from(image!.data!, 'base64')).metadata();
  expect([meta.format, meta.width]).toEqual(['png', 1200]);
  expect(said!.text).toContain(`${meta.width} × ${meta.height} pixels`);
  expect(said!.text).toMatch(/title: Latency.*state: breached/);
  expect(said!.text).toMatch(/title: Nothing.*state: no_data/);
  expect(said!.text).not.toContain('carol.jones');
});

test('what is odd in the incident against the time before it is marked and told', async () => {
  const client = await clientOf(testApplication([withDashboard()]));
  const window = '2026-03-03T10:00:00Z/2026-03-03T11:00:00Z';
  const incident = '2026-03-03T10:40:00Z/2026-03-03T11:00:00Z';
  const ask = async (more: object) => {
    const result = await client.callTool({ name: 'render_dashboard', arguments: { dashboard: 'front', window, ...more } });
    return result.content as Content;
  };
  const [said, image] = await ask({ incident });
  expect(said!.text).toMatch(/## anomalies: \d+\n- panel: "1", series: .*since: 2026-03-03T10:(39|40|41)/);
  const [, plain] = await ask({});
  expect(image!.data).not.toBe(plain!.data);
});

test('a dashboard can be attached as a picture', async () => {
  const client = await clientOf(testApplication([withDashboard()]));
  const { resources } = await client.listResources();
  expect(resources).toContainEqual(expect.objectContaining({ uri: 'sre://pictures/front', mimeType: 'image/png' }));
  const { contents } = await client.readResource({ uri: 'sre://pictures/front' });
  const [{ mimeType, blob }] = contents as unknown as [{ mimeType: string; blob: string }];
  expect(mimeType).toBe('image/png');
  expect((await sharp(Buffer.from(blob, 'base64')).metadata()).width).toBe(1200);
});

test('expressions of the caller are drawn, a panel each, and a single plot says where its pixels are', async () => {
  const client = await clientOf(testApplication([smallIncident()]));
  const one = await client.callTool({
    name: 'render_dashboard',
    arguments: { expressions: ['max by (service) (request_duration_seconds)'], window: incidentWindow, width: 640, theme: 'light' },
  });
  const [said, image] = one.content as Content;
  expect(said!.text).toMatch(/^A picture of 1 panel, 640 × \d+ pixels/);
  expect(said!.text).toMatch(/plot: \{x: \d/);
  expect((await sharp(Buffer.from(image!.data!, 'base64')).metadata()).width).toBe(640);
  const two = await client.callTool({
    name: 'render_dashboard',
    arguments: { expressions: ['request_*', 'request_errors'], window: incidentWindow },
  });
  expect((two.content as Content)[0]!.text).toMatch(/^A picture of 2 panels/);
});

test.each([
  [{}, /a dashboard or expressions/],
  [{ dashboard: 'front', expressions: ['up'] }, /a dashboard or expressions/],
  [{ dashboard: 'frnt' }, /Did you mean front/],
  [{ dashboard: 'front', panel: 'Latensy' }, /Did you mean Latency/],
])('what cannot be drawn is said: %j', async (args, sentence) => {
  const client = await clientOf(testApplication([withDashboard()]));
  const result = await client.callTool({ name: 'render_dashboard', arguments: args });
  expect(result.isError).toBe(true);
  expect((result.content as Content)[0]!.text).toMatch(sentence);
});

test('a picture that no client would take is left out and said', async () => {
  // Noise cannot be compressed: every pixel of another colour.
  const noisy = Array.from(
    { length: 360_000 },
    (_, i) =>
      `<rect x="${(i % 600) * 2}" y="${Math.floor(i / 600) * 2}" width="2" height="2" fill="#${((Math.imul(i, 2_654_435_761) >>> 8) & 0xffffff).toString(16).padStart(6, '0')}"/>`,
  ).join('');
  const reply: Reply = {
    summary: 'Noise.',
    sections: [],
    notes: [],
    picture: {
      words: [],
      alt: 'noise',
      draw: () => `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="1200" shape-rendering="crispEdges">${noisy}</svg>`,
    },
  };
  const tool = defineTool({
    name: 'noise',
    title: 'Noise',
    description: 'Noise.',
    input: z.strictObject({}),
    annotations: READ_ONLY,
    defaultTokens: 500,
    run: async () => reply,
  });
  const client = await clientOf(testApplication([], [tool]));
  const { content, structuredContent } = await client.callTool({ name: 'noise', arguments: {} });
  const kinds = (content as Content).map(({ type }) => type);
  if (kinds.includes('image')) expect(Buffer.from((content as Content)[1]!.data!, 'base64').length).toBeLessThanOrEqual(700_000);
  else expect((content as Content)[1]!.text).toMatch(/too large/);
  expect(structuredContent).toBeUndefined();
});
