import { createMcpHandler } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '../../src/model/json.ts';
import { defineTool, READ_ONLY } from '../../src/model/tool.ts';
import type { Application } from '../../src/server/application.ts';
import { instructions } from '../../src/server/instructions.ts';
import { serverFactory } from '../../src/server/mcp-server.ts';
import { testApplication } from '../kit/application.ts';

/** One small tool, so that what is pinned is how the server speaks and not what its tools say. */
const greet = defineTool({
  name: 'greet_service',
  title: 'Greeting',
  description: 'Greets a service.',
  input: z.strictObject({ service: z.string().max(100).describe('Who is greeted.') }),
  annotations: READ_ONLY,
  defaultTokens: 500,
  async run({ service }, context) {
    context.progress(1, 2, 'half way');
    return { summary: `Hello, ${service}.`, facts: { service }, sections: [], notes: [] };
  },
});

const CLIENT = { name: 'wire', version: '1.0.0' };
const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': CLIENT,
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Every message of an answer, in order, as the client reads them; what changes from run to run is replaced. */
async function spoken(application: Application, version: string, method: string, params: JsonObject): Promise<unknown> {
  const modern = version === '2026-07-28';
  const name = (params['name'] ?? params['uri']) as string | undefined;
  const handler = createMcpHandler(serverFactory(application));
  const response = await handler.fetch(
    new Request('http://localhost/mcp', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        'MCP-Protocol-Version': version,
        ...(modern ? { 'Mcp-Method': method, ...(name ? { 'Mcp-Name': name } : {}) } : {}),
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 7,
        method,
        params: modern ? { ...params, _meta: { ...ENVELOPE, progressToken: 'p' } } : params,
      }),
    }),
  );
  const text = await response.text();
  await handler.close();
  const messages = text.startsWith('{') ? [text] : [...text.matchAll(/^data: (.+)$/gm)].map(match => match[1]!);
  const settled = messages.map(message =>
    JSON.parse(
      message
        .replaceAll(JSON.stringify(instructions), '"INSTRUCTIONS"')
        .replaceAll(application.version, 'VERSION')
        .replaceAll(/\br_[a-z0-9]{12}\b/g, 'RESULT'),
    ),
  );
  return { status: response.status, type: response.headers.get('content-type'), messages: settled };
}

const COMMON: [string, JsonObject][] = [
  ['tools/list', {}],
  ['tools/call', { name: 'greet_service', arguments: { service: 'cart' } }],
  ['tools/call', { name: 'greet_service', arguments: { servic: 'cart' } }],
  ['tools/call', { name: 'greet_servic', arguments: {} }],
  ['prompts/get', { name: 'triage_alert', arguments: {} }],
  ['resources/read', { uri: 'sre://results/r_000000000000' }],
  ['nothing/like', {}],
];
const ERAS: [string, [string, JsonObject][]][] = [
  ['2025-11-25', [['initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: CLIENT }], ['ping', {}], ...COMMON]],
  ['2026-07-28', [['server/discover', {}], ...COMMON]],
];

test.each(ERAS)('protocol %s: every kind of answer as it stands on the wire', async (version, requests) => {
  const application = { ...testApplication([]), tools: [greet] };
  const transcript: unknown[] = [];
  for (const [method, params] of requests) transcript.push({ method, params, answer: await spoken(application, version, method, params) });
  await expect(`${JSON.stringify(transcript, null, 2)}\n`).toMatchFileSnapshot(`wire-${version}.json`);
});
