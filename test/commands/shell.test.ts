import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, temporaryFolder } from '../kit/server.ts';
import { sreCopilot } from '../kit/shell.ts';
import { incidentWindow, smallIncident } from '../kit/telemetry.ts';

test('--version and --help', async () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect((await sreCopilot(['--version'])).output).toBe(`${version}\n`);
  const { code, output } = await sreCopilot(['--help']);
  expect(code).toBe(0);
  for (const name of ['serve', 'investigate', 'call', 'tools', 'normalize', 'record', 'doctor', 'demo']) {
    expect(output).toMatch(new RegExp(`^  ${name} `, 'm'));
    const page = await sreCopilot([name, '--help']);
    expect(page.code).toBe(0);
    expect(page.output).toMatch(new RegExp(`Usage: sre-copilot ${name}`));
  }
  expect(output).not.toMatch(/ingest/);
});

test.each([
  [['serv'], /no command "serv"[\s\S]*serve/],
  [['ingest'], /no command "ingest"/],
  [['./logs'], /--files \.\/logs/],
  [['investigate', '--widnow', 'x'], /no option --widnow[\s\S]*--window/],
  [['--file', './logs'], /no option --file\.[\s\S]*--files/],
  [['investigate', '--files'], /--files/],
  [['investigate'], /nothing to look at[\s\S]*--files/],
  [['investigate', '--files', '.', '--window', 'a/b', '--since', '1h'], /exclude each other/],
  [['investigate', '--files', '.', '--top', 'many'], /whole number/],
  [['investigate', '--files', '.', '--fail-on', 'everything'], /no condition/],
  [['call'], /Which tool/],
  [['call', 'discoverr'], /no tool "discoverr"[\s\S]*discover/],
  [['call', 'discover', '[1]'], /one JSON object/],
  [['call', 'discover', '{}', 'more'], /one word too many/],
  [['call', 'discover', '{"txt":"a"}'], /no argument "txt"[\s\S]*text/],
  [['doctor'], /No source/],
  [['doctor', '--zone', 'Mars/Olympus', '--files', '.'], /time zone/],
])('wrong usage exits 2 with a sentence and a hint: %j', async (words, sentence) => {
  const { code, output, errors } = await sreCopilot(words);
  expect({ code, output }).toEqual({ code: 2, output: '' });
  expect(errors).toMatch(/^sre-copilot: /);
  expect(errors).toMatch(sentence);
});

test('with --json an error is an object', async () => {
  const { code, errors } = await sreCopilot(['call', 'discover', '{"txt":"a"}', '--json']);
  expect(code).toBe(2);
  expect(JSON.parse(errors)).toEqual({
    error: { code: 'unknown_argument', message: 'discover has no argument "txt".', hint: 'Did you mean text?', retryable: false },
  });
});

test('call prints what a client gets, as JSON or as text', async () => {
  const incident = smallIncident();
  const args = JSON.stringify({ window: incidentWindow, level: 'ERROR' });
  const asJson = await sreCopilot(['call', 'query_logs', args, '--files', incident]);
  expect(asJson.code).toBe(0);
  const { matched } = JSON.parse(asJson.output) as { matched: number };
  expect(matched).toBe(240);
  const asText = await sreCopilot(['call', 'query_logs', args, '--files', incident, '--text']);
  expect(asText.output).toContain(String(matched));
});

test('a file that cannot be looked at makes the exit code 3, unless that was allowed', async () => {
  const incident = smallIncident();
  writeFileSync(join(incident, 'picture.bin'), Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)));
  const words = ['call', 'discover', '{}', '--files', incident];
  const { code, output } = await sreCopilot(words);
  expect(code).toBe(3);
  expect(output).toMatch(/not_looked_at.*picture\.bin|picture\.bin.*not_looked_at/);
  expect((await sreCopilot([...words, '--allow-partial'])).code).toBe(0);
});

test('doctor explains a source', async () => {
  const { code, output } = await sreCopilot(['doctor', '--files', smallIncident()]);
  expect(code).toBe(0);
  expect(output).toMatch(/newest record/);
  expect(output).toMatch(/\d+ logs/);
  const missing = await sreCopilot(['doctor', '--files', 'no-such-folder', '--json']);
  expect(missing.code).toBe(4);
});

test('the configuration file does what the options do, relative to itself', async () => {
  const cwd = temporaryFolder();
  const incident = smallIncident();
  mkdirSync(join(cwd, 'deploy'));
  writeFileSync(join(cwd, 'deploy/sre-copilot.yaml'), `files: [${JSON.stringify(incident)}]\nzone: Europe/Berlin\nstate: ./kept\n`);
  const { code, output } = await sreCopilot(['doctor', '--json', '--config', 'deploy/sre-copilot.yaml'], { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(output)).toMatchObject({ zone: 'Europe/Berlin', store: join(cwd, 'deploy/kept') });
});

test.each([
  ['fiels: [a]', /unknown entry "fiels"[\s\S]*files/],
  ['http: {lisen: "1"}', /unknown entry "lisen"[\s\S]*listen/],
  ['files: 3', /entry files is wrong/],
  ['files: [', /not YAML/],
])('a wrong configuration is said: %s', async (text, sentence) => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'sre-copilot.yaml'), text);
  const { code, errors } = await sreCopilot(['doctor'], { cwd });
  expect(code).toBe(2);
  expect(errors).toMatch(sentence);
});

test('the environment names what options do not', async () => {
  const { output } = await sreCopilot(['doctor', '--json'], {
    env: { SRE_COPILOT_FILES: smallIncident(), SRE_COPILOT_ZONE: 'Asia/Tokyo' },
  });
  expect(JSON.parse(output)).toMatchObject({ zone: 'Asia/Tokyo', sources: [{ state: 'ok' }] });
});

test('where the state folder cannot be written, answers come all the same and say so', async () => {
  const file = join(temporaryFolder(), 'in-the-way');
  writeFileSync(file, '');
  const { code, output, errors } = await sreCopilot(['call', 'discover', '{}', '--files', smallIncident(), '--state', join(file, 'state')]);
  expect(code).toBe(0);
  expect(errors).toMatch(/memory/);
  expect(JSON.parse(output)).toMatchObject({ notes: expect.arrayContaining([expect.objectContaining({ what: 'store' })]) });
});

test('--now overrides the newest record', async () => {
  const words = ['call', 'query_logs', '{"window":"last 10m"}', '--files', smallIncident()];
  const newest = JSON.parse((await sreCopilot(words)).output) as { window: { end: string } };
  expect(newest.window.end).toMatch(/^2026-03-03T10:59:/);
  const earlier = JSON.parse((await sreCopilot([...words, '--now', '2026-03-03T10:20:00Z'])).output) as { window: object };
  expect(earlier.window).toEqual({ start: '2026-03-03T10:10:00Z', end: '2026-03-03T10:20:00Z' });
});

test('a reader that goes away is not a failure', async () => {
  const { spawn } = await import('node:child_process');
  const { command, cleanEnvironment } = await import('../kit/server.ts');
  const child = spawn(process.execPath, [command, 'normalize'], { env: cleanEnvironment(), stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end('2026-03-03T10:00:00Z INFO hello\n'.repeat(200_000));
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise<number | null>(done => child.once('close', done));
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
});

test('when no source answers, nothing is called healthy and the exit code is 4; beside one that answers it is 3', async () => {
  const dead = '  - {id: dead, kind: prometheus, url: "http://127.0.0.1:9"}\n';
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'sre-copilot.yaml'), `sources:\n${dead}`);
  for (const words of [
    ['investigate', '--since', '1h', '--json'],
    ['call', 'query_metrics', '{}'],
  ]) {
    expect((await sreCopilot(words, { cwd })).code, words.join(' ')).toBe(4);
  }
  const { output } = await sreCopilot(['investigate', '--since', '1h', '--json'], { cwd });
  expect(JSON.parse(output)).toMatchObject({ verdict: 'not_enough_evidence', causes: [] });
  const both = await sreCopilot(['investigate', '--window', incidentWindow, '--files', smallIncident()], { cwd });
  expect(both.code).toBe(3);
  expect(both.output).toContain('dead could not be looked at.');
});
