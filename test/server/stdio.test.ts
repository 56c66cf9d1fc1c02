import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { prompts } from '../../src/prompts/index.ts';
import { instructions } from '../../src/server/instructions.ts';
import { cleanEnvironment, command, olderStdioClient, stdioClient, temporaryFolder } from '../kit/server.ts';
import { sreCopilot } from '../kit/shell.ts';
import { incidentWindow, smallIncident } from '../kit/telemetry.ts';

const ERAS = [
  { era: '2025', connect: olderStdioClient },
  { era: '2026-07-28', connect: stdioClient },
] as const;

describe.each(ERAS)('a client of $era over stdio', ({ connect }) => {
  test('sees the tools that `tools --json` prints, and the instructions', async () => {
    const client = await connect([]);
    const { tools } = await client.listTools();
    expect(tools).toEqual((JSON.parse((await sreCopilot(['tools', '--json'])).output) as { tools: unknown }).tools);
    expect(client.getInstructions()).toBe(instructions);
    expect(client.getServerVersion()).toMatchObject({ name: 'sre-copilot' });
  });

  test('gets what happened, with evidence that can be shown again', async () => {
    const client = await connect(['--files', smallIncident()]);
    const result = await client.callTool({ name: 'query_events', arguments: { window: incidentWindow } });
    expect(result.isError).toBeFalsy();
    const text = JSON.stringify(result.structuredContent);
    expect(text).toContain('front-slow');
    expect(text).toContain('Pool size of store lowered');
    const [evidence] = /ev_[a-z0-9]{12}/.exec(text)!;
    const shown = await client.callTool({ name: 'get_evidence', arguments: { id: evidence } });
    expect(shown.isError).toBeFalsy();
    expect(JSON.stringify(shown.structuredContent)).toContain('files');
  });

  test('an empty result says why it may be empty', async () => {
    const client = await connect(['--files', smallIncident()]);
    const result = await client.callTool({ name: 'query_logs', arguments: { window: incidentWindow, contains: ['no such words'] } });
    expect(result.isError).toBeFalsy();
    expect(result.structuredContent).toMatchObject({
      matched: 0,
      notes: expect.arrayContaining([expect.objectContaining({ kind: 'next' })]),
    });
  });

  test('reads the sources, an evidence and a result as resources', async () => {
    const client = await connect(['--files', smallIncident()]);
    const answer = await client.callTool({ name: 'query_logs', arguments: { window: incidentWindow, level: 'ERROR' } });
    const { result, records } = answer.structuredContent as { result: { id: string }; records: { evidence: string }[] };
    const { resources } = await client.listResources();
    const addresses = resources.map(resource => resource.uri);
    expect(addresses).toEqual(
      expect.arrayContaining(['sre://sources', `sre://results/${result.id}`, `sre://evidence/${records[0]!.evidence}`]),
    );
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(template => template.uriTemplate)).toEqual([
      'sre://services/{id}',
      'sre://runbooks/{id}',
      'sre://incidents/{id}',
      'sre://dashboards/{id}',
      'sre://pictures/{id}',
      'sre://investigations/{id}',
      'sre://evidence/{id}',
      'sre://results/{id}',
    ]);
    for (const uri of ['sre://sources', `sre://results/${result.id}`, `sre://evidence/${records[0]!.evidence}`]) {
      const { contents } = await client.readResource({ uri });
      expect(JSON.parse((contents[0] as { text: string }).text)).toHaveProperty('summary');
    }
    await expect(client.readResource({ uri: 'sre://results/r_000000000000' })).rejects.toThrow(/no result/);
    await expect(client.readResource({ uri: `sre://investigations/${result.id}` })).rejects.toThrow(/no investigation/);
  });

  test('an investigation is found again whole, under its address', async () => {
    const client = await connect(['--files', smallIncident()]);
    const answer = await client.callTool({ name: 'investigate', arguments: { window: incidentWindow, max_tokens: 400 } });
    const { result, verdict } = answer.structuredContent as { result: { id: string }; verdict: string };
    expect(verdict).toBe('cause_found');
    const uri = `sre://investigations/${result.id}`;
    expect((await client.listResources()).resources.map(resource => resource.uri)).toContain(uri);
    const { contents } = await client.readResource({ uri });
    const whole = JSON.parse((contents[0] as { text: string }).text) as {
      causes: { entity: { name: string } }[];
      timeline: unknown[];
      window: object;
    };
    expect(whole.causes[0]?.entity.name).toBe('store');
    expect(whole.timeline.length).toBeGreaterThan(0);
    expect(whole.window).toEqual((answer.structuredContent as { window: object }).window);
  });

  test('completes services, alerts and stored ids', async () => {
    const client = await connect(['--files', smallIncident()]);
    const prompt = { type: 'ref/prompt' as const, name: 'investigate_incident' };
    const complete = async (name: string, value: string) =>
      (await client.complete({ ref: prompt, argument: { name, value } })).completion.values;
    expect(await complete('service', 'sto')).toContain('store');
    expect(await complete('alert', '')).toEqual(['front-slow']);
    expect((await complete('window', '')).length).toBeGreaterThan(0);
    const answer = await client.callTool({ name: 'discover', arguments: {} });
    const { id } = (answer.structuredContent as { result: { id: string } }).result;
    const template = { type: 'ref/resource' as const, uri: 'sre://results/{id}' };
    const { completion } = await client.complete({ ref: template, argument: { name: 'id', value: id.slice(0, 5) } });
    expect(completion.values).toContain(id);
  });

  test('gets every prompt with its arguments filled in', async () => {
    const client = await connect([]);
    const listed = (await client.listPrompts()).prompts;
    expect(listed.map(prompt => prompt.name)).toEqual(prompts.map(prompt => prompt.name));
    for (const prompt of prompts) {
      const given = Object.fromEntries(prompt.arguments.map(argument => [argument.name, `value of ${argument.name}`]));
      const { messages } = await client.getPrompt({ name: prompt.name, arguments: given });
      const { text } = messages[0]!.content as { text: string };
      expect(text).toBe(prompt.text(given));
      expect(listed.find(({ name }) => name === prompt.name)?.arguments?.map(({ name, required }) => [name, required ?? false])).toEqual(
        prompt.arguments.map(({ name, required }) => [name, required]),
      );
    }
    await expect(client.getPrompt({ name: 'triage_alert', arguments: {} })).rejects.toThrow();
  });
});

test('standard output carries protocol and nothing else, whatever comes in', async () => {
  const child = spawn(process.execPath, [command, '--files', smallIncident()], {
    env: cleanEnvironment(),
    cwd: temporaryFolder(),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const answered = new Set<unknown>();
  const wrong: string[] = [];
  let waiting: (() => void) | undefined;
  createInterface({ input: child.stdout }).on('line', line => {
    try {
      const message = JSON.parse(line) as { jsonrpc?: unknown; id?: unknown };
      if (message.jsonrpc !== '2.0') wrong.push(line);
      answered.add(message.id);
    } catch {
      wrong.push(line);
    }
    waiting?.();
  });
  const until = async (id: number) => {
    while (!answered.has(id)) {
      await new Promise<void>(done => {
        waiting = done;
      });
    }
  };
  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const client = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } };
  send({ id: 1, method: 'initialize', params: client });
  await until(1);
  send({ method: 'notifications/initialized' });
  child.stdin.write('this is not JSON\n\n{"jsonrpc":"2.0"}\n');
  send({ id: 2, method: 'no/such/method' });
  send({ id: 3, method: 'tools/call', params: { name: 'no_such_tool', arguments: {} } });
  send({ id: 4, method: 'tools/call', params: { name: 'discover', arguments: { text: '\u0000\u001b[2J\n"}' } } });
  send({ id: 5, method: 'tools/list' });
  for (const id of [2, 3, 4, 5]) await until(id);
  expect(wrong).toEqual([]);
  const ended = new Promise<number | null>(done => child.once('close', done));
  child.stdin.end();
  expect(await ended).toBe(0);
});
