import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../kit/server.ts';
import { sreCopilot } from '../kit/shell.ts';
import { incidentWindow, smallIncident } from '../kit/telemetry.ts';

const PASSWORD = 'password=hunter2-but-longer';
const PERSON = 'jane.roe@example.org';

function everything(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

function incidentWithSecrets(): string {
  const incident = smallIncident();
  appendFileSync(join(incident, 'logs/store/store-1.log'), `2026-03-03T10:59:59.000Z ERROR [pool-1] ${PERSON} refused with ${PASSWORD}\n`);
  return incident;
}

async function answer(tool: string, args: object, files: string): Promise<Record<string, unknown>> {
  const { output, code, errors } = await sreCopilot(['call', tool, JSON.stringify(args), '--files', files]);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return JSON.parse(output) as Record<string, unknown>;
}

test('what was recorded answers like what it was recorded from', async () => {
  const incident = incidentWithSecrets();
  const out = join(temporaryFolder(), 'bundle');
  const { code, output } = await sreCopilot(['record', '--out', out, '--window', incidentWindow, '--files', incident, '--json']);
  expect(code).toBe(0);
  const report = JSON.parse(output) as { counts: object; files: string[]; redacted: boolean };
  expect(report).toMatchObject({ redacted: true, counts: { logs: 721, series: 3, alerts: 1, changes: 1 } });
  for (const file of report.files) expect(existsSync(join(out, file)), file).toBe(true);

  const window = { window: incidentWindow };
  const { matched, byLevel, byService } = await answer('query_logs', window, incident);
  expect(await answer('query_logs', window, out)).toMatchObject({ matched, byLevel, byService });
  const events = (list: unknown) => (list as Record<string, unknown>[]).map(({ evidence: _, ...event }) => event);
  expect(events((await answer('query_events', window, out))['events'])).toEqual(
    events((await answer('query_events', window, incident))['events']),
  );
  const { seriesCount } = await answer('query_metrics', window, incident);
  expect(await answer('query_metrics', window, out)).toMatchObject({ seriesCount });
});

test('a recording holds no secret and no person, unless it is raw', async () => {
  const incident = incidentWithSecrets();
  const [clean, raw] = [join(temporaryFolder(), 'clean'), join(temporaryFolder(), 'raw')];
  const words = ['--window', incidentWindow, '--files', incident];
  expect((await sreCopilot(['record', '--out', clean, ...words])).output).toMatch(/, redacted/);
  expect((await sreCopilot(['record', '--out', raw, '--raw', ...words])).output).toMatch(/as they are/);
  expect(everything(raw)).toContain(PASSWORD);
  expect(everything(raw)).toContain(PERSON);
  expect(everything(clean)).not.toMatch(/hunter2/);
  expect(everything(clean)).not.toContain(PERSON);
  expect(everything(clean)).toMatch(/<email_[0-9a-z]+>/);
});

test('two recordings are never mixed, and what is missing is asked for', async () => {
  const incident = smallIncident();
  const out = join(temporaryFolder(), 'bundle');
  mkdirSync(out);
  writeFileSync(join(out, 'earlier.log'), 'x\n');
  const full = await sreCopilot(['record', '--out', out, '--window', incidentWindow, '--files', incident]);
  expect(full.code).toBe(2);
  expect(full.errors).toMatch(/not empty/);
  expect((await sreCopilot(['record', '--window', incidentWindow, '--files', incident])).errors).toMatch(/--out/);
  expect((await sreCopilot(['record', '--out', out, '--files', incident])).errors).toMatch(/--window/);
  expect((await sreCopilot(['record', '--out', out, '--window', incidentWindow])).errors).toMatch(/--files/);
  const future = await sreCopilot(['record', '--out', join(out, 'new'), '--window', '2031-01-01/2031-01-02', '--files', incident]);
  expect(future.code).toBe(2);
  expect(future.errors).toMatch(/after the data/);
});
