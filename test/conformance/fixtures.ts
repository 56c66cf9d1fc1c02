import { randomBytes, randomUUID } from 'node:crypto';
import {
  acceptedContent,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  completable,
  createRequestStateCodec,
  fromJsonSchema,
  type InputRequests,
  type InputRequiredResult,
  inputRequired,
  type McpServer,
  ResourceTemplate,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Additions } from '../../src/server/mcp-server.ts';

/** A picture of one grey pixel, and a tenth of a second of silence: what a client has to carry, nothing more. */
const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';
const SOUND = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';
const EMPTY = z.object({});

type State = Record<string, unknown>;
type Answer = CallToolResult | InputRequiredResult;

const sealed = createRequestStateCodec<State>({ key: randomBytes(32) });
const text = (words: string) => ({ type: 'text' as const, text: words });
const said = (words: string): CallToolResult => ({ content: [text(words)] });
const form = (field: string, type: 'string' | 'boolean' = 'string') => ({
  type: 'object' as const,
  properties: { [field]: type === 'string' ? { type: 'string' as const } : { type: 'boolean' as const } },
  required: [field],
});
const askName = () => inputRequired.elicit({ message: 'What is your name?', requestedSchema: form('name') });
const askModel = (words: string) => inputRequired.createMessage({ messages: [{ role: 'user', content: text(words) }], maxTokens: 50 });
const confirm = () => inputRequired.elicit({ message: 'Go on?', requestedSchema: form('ok', 'boolean') });
const answered = <T>(context: ServerContext, key: string) =>
  acceptedContent<T & Record<string, unknown>>(context.mcpReq.inputResponses, key);
const answerOf = <T>(context: ServerContext, key: string) => context.mcpReq.inputResponses?.[key] as T | undefined;

/**
 * The tools, prompts and resources that the official conformance suite calls by name, registered beside the product's own, so that what
 * is judged is the product's transport, guards and factory. They say nothing about the product's tools.
 */
export function fixtures(changed: { tools(): void; prompts(): void }): Additions {
  return {
    options: { requestState: { verify: sealed.verify } },
    register(server) {
      server.server.registerCapabilities({
        logging: {},
        completions: {},
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
      });
      contentTools(server);
      requestTools(server);
      inputTools(server);
      schemaTools(server);
      changeTools(server, changed);
      resources(server);
      prompts(server);
    },
  };
}

function contentTools(server: McpServer): void {
  const embedded = { type: 'resource' as const, resource: { uri: 'test://embedded-resource', mimeType: 'text/plain', text: 'Embedded.' } };
  const picture = { type: 'image' as const, data: PICTURE, mimeType: 'image/png' };
  const contents: Record<string, CallToolResult['content']> = {
    test_simple_text: [text('This is a simple text response for testing.')],
    test_image_content: [picture],
    test_audio_content: [{ type: 'audio', data: SOUND, mimeType: 'audio/wav' }],
    test_embedded_resource: [embedded],
    test_multiple_content_types: [text('Three kinds of content:'), picture, embedded],
  };
  for (const [name, content] of Object.entries(contents)) {
    server.registerTool(name, { description: `Answers with fixed content (${name}).` }, async () => ({ content }));
  }
  server.registerTool('test_error_handling', { description: 'Always fails.' }, async () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
}

/** Tools that speak while they run. */
function requestTools(server: McpServer): void {
  server.registerTool('test_tool_with_logging', { description: 'Logs three lines.', inputSchema: EMPTY }, async (_args, context) => {
    for (const data of ['started', 'working', 'done'])
      await context.mcpReq.notify({ method: 'notifications/message', params: { level: 'info', data } });
    return said('Three lines were logged.');
  });
  server.registerTool(
    'test_logging_tool',
    { description: 'Logs where a level was asked for.', inputSchema: EMPTY },
    async (_args, context) => {
      await context.mcpReq.log('info', 'seen only by who asked for it');
      return said('Logged.');
    },
  );
  server.registerTool('test_tool_with_progress', { description: 'Reports progress.', inputSchema: EMPTY }, async (_args, context) => {
    const token = context.mcpReq._meta?.progressToken;
    for (const progress of token === undefined ? [] : [0, 50, 100])
      await context.mcpReq.notify({ method: 'notifications/progress', params: { progressToken: token!, progress, total: 100 } });
    return said(String(token ?? 'no token'));
  });
  server.registerTool('test_streaming_elicitation', { description: 'Answers and asks nothing.', inputSchema: EMPTY }, async () =>
    said('Only a result.'),
  );
  server.registerTool('test_reconnection', { description: 'Answers at once.', inputSchema: EMPTY }, async () => said('Still here.'));
  const asks: Record<string, { method: 'sampling/createMessage' | 'elicitation/create'; params: object }> = {
    test_sampling: {
      method: 'sampling/createMessage',
      params: { messages: [{ role: 'user', content: text('Say a word.') }], maxTokens: 50 },
    },
    test_elicitation: {
      method: 'elicitation/create',
      params: { message: 'A word, please.', requestedSchema: form('response') },
    },
  };
  for (const [name, ask] of Object.entries(asks)) {
    const description = 'Asks the client back, which needs a session.';
    const inputSchema = z.object({ prompt: z.string().optional(), message: z.string().optional() });
    server.registerTool(name, { description, inputSchema }, async (_args, context) =>
      said(JSON.stringify(await context.mcpReq.send(ask as never))),
    );
  }
}

/** Tools that answer with what they need to know, and go on when they are called again with it. */
function inputTools(server: McpServer): void {
  const tool = (name: string, run: (context: ServerContext) => Promise<Answer> | Answer) =>
    server.registerTool(name, { description: `Needs input (${name}).`, inputSchema: EMPTY }, async (_args, context) => run(context));
  const state = (name: string, more: State = {}) => sealed.mint({ tool: name, nonce: randomUUID(), ...more });

  tool('test_input_required_result_elicitation', context => {
    const name = answered<{ name: string }>(context, 'user_name')?.name;
    return typeof name === 'string' ? said(`Hello, ${name}!`) : inputRequired({ inputRequests: { user_name: askName() } });
  });
  tool('test_input_required_result_sampling', context => {
    const reply = answerOf<{ content?: { text?: string } }>(context, 'capital_question');
    return reply
      ? said(`The model says: ${reply.content?.text ?? ''}`)
      : inputRequired({ inputRequests: { capital_question: askModel('What is the capital of France?') } });
  });
  tool('test_input_required_result_list_roots', context => {
    const roots = answerOf<{ roots?: unknown[] }>(context, 'client_roots')?.roots;
    return Array.isArray(roots)
      ? said(`${roots.length} roots`)
      : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });
  tool('test_input_required_result_request_state', async context =>
    answered(context, 'confirm')
      ? said(context.mcpReq.requestState() ? 'state-ok' : 'no state')
      : inputRequired({ inputRequests: { confirm: confirm() }, requestState: await state('request_state') }),
  );
  tool('test_input_required_result_tampered_state', async context =>
    context.mcpReq.requestState() !== undefined && answered(context, 'confirm')
      ? said('integrity-ok')
      : inputRequired({ inputRequests: { confirm: confirm() }, requestState: await state('tampered_state') }),
  );
  tool('test_input_required_result_multiple_inputs', async context => {
    const name = answered<{ name: string }>(context, 'user_name')?.name;
    const greeting = answerOf<{ content?: { text?: string } }>(context, 'greeting')?.content?.text;
    const roots = answerOf<{ roots?: unknown[] }>(context, 'client_roots')?.roots;
    if (name !== undefined && greeting !== undefined && roots) return said(`${greeting} ${name}, ${roots.length} roots`);
    const inputRequests = { user_name: askName(), greeting: askModel('Greet somebody.'), client_roots: inputRequired.listRoots() };
    return inputRequired({ inputRequests, requestState: await state('multiple_inputs') });
  });
  tool('test_input_required_result_multi_round', async context => {
    const known = context.mcpReq.requestState<State>();
    if (known?.['round'] === undefined)
      return inputRequired({ inputRequests: { step1: askName() }, requestState: await state('multi_round', { round: 1 }) });
    if (known['round'] === 2) return said(`${String(known['name'])} likes ${answered<{ color: string }>(context, 'step2')?.color}`);
    const name = answered<{ name: string }>(context, 'step1')?.name ?? 'somebody';
    const step2 = inputRequired.elicit({ message: 'Which colour?', requestedSchema: form('color') });
    return inputRequired({ inputRequests: { step2 }, requestState: await state('multi_round', { round: 2, name }) });
  });
  tool('test_input_required_result_capabilities', context => {
    if (context.mcpReq.inputResponses !== undefined) return said('Enough is known.');
    const able = (context.mcpReq.envelope as Record<string, ClientCapabilities> | undefined)?.[CLIENT_CAPABILITIES_META_KEY];
    const inputRequests: InputRequests = {
      ...(able?.elicitation === undefined ? {} : { user_name: askName() }),
      ...(able?.sampling === undefined ? {} : { greeting: askModel('Greet somebody.') }),
      ...(able?.roots === undefined ? {} : { client_roots: inputRequired.listRoots() }),
    };
    return Object.keys(inputRequests).length > 0 ? inputRequired({ inputRequests }) : said('The client can be asked nothing.');
  });
  tool('test_missing_capability', context =>
    answerOf(context, 'llm_answer') ? said('Answered.') : inputRequired({ inputRequests: { llm_answer: askModel('Say pong.') } }),
  );
}

/** Schemas with keywords that have to reach the client as they are. */
function schemaTools(server: McpServer): void {
  const conditional = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    $defs: { address: { $anchor: 'addressDef', type: 'object', properties: { street: { type: 'string' }, city: { type: 'string' } } } },
    properties: {
      name: { type: 'string' },
      address: { $ref: '#/$defs/address' },
      contactMethod: { type: 'string', enum: ['phone', 'email'] },
      phone: { type: 'string' },
      email: { type: 'string' },
    },
    allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
    if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: ['phone'] },
    else: { required: ['email'] },
    additionalProperties: false,
  };
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Has a schema of many keywords.', inputSchema: fromJsonSchema(conditional as never) },
    async args => said(JSON.stringify(args)),
  );
  const mirrored = {
    type: 'object',
    properties: { region: { type: 'string', 'x-mcp-header': 'Region' }, level: { type: 'integer' } },
  };
  server.registerTool(
    'test_x_mcp_header',
    { description: 'Mirrors an argument in a header.', inputSchema: fromJsonSchema(mirrored as never) },
    async args => said(`region=${(args as { region?: string }).region ?? 'none'}`),
  );
}

function changeTools(server: McpServer, changed: { tools(): void; prompts(): void }): void {
  server.registerTool('test_trigger_tool_change', { description: 'Says that the tools changed.', inputSchema: EMPTY }, async () => {
    changed.tools();
    return said('Said.');
  });
  server.registerTool('test_trigger_prompt_change', { description: 'Says that the prompts changed.', inputSchema: EMPTY }, async () => {
    changed.prompts();
    return said('Said.');
  });
}

function resources(server: McpServer): void {
  const fixed = { 'static-text': 'A fixed text.', 'watched-resource': 'A text that is watched.' };
  for (const [name, words] of Object.entries(fixed)) {
    const uri = `test://${name}`;
    server.registerResource(name, uri, { title: name, mimeType: 'text/plain' }, async () => ({
      contents: [{ uri, mimeType: 'text/plain', text: words }],
    }));
  }
  const binary = 'test://static-binary';
  server.registerResource('static-binary', binary, { title: 'A picture', mimeType: 'image/png' }, async () => ({
    contents: [{ uri: binary, mimeType: 'image/png', blob: PICTURE }],
  }));
  const template = new ResourceTemplate('test://template/{id}/data', { list: undefined });
  server.registerResource('template', template, { title: 'By id', mimeType: 'application/json' }, async (uri, { id }) => ({
    contents: [{ uri: uri.href, mimeType: 'application/json', text: JSON.stringify({ id, data: `Data for ID: ${id}` }) }],
  }));
  server.server.setRequestHandler('resources/subscribe', async () => ({}));
  server.server.setRequestHandler('resources/unsubscribe', async () => ({}));
  server.server.setRequestHandler('logging/setLevel', async () => ({}));
}

function prompts(server: McpServer): void {
  const user = (...contents: object[]) => ({ messages: contents.map(content => ({ role: 'user' as const, content: content as never })) });
  server.registerPrompt('test_simple_prompt', { title: 'Simple', description: 'Asked for by the suite.' }, async () =>
    user(text('This is a simple prompt for testing.')),
  );
  const word = z.string().describe('Any word.');
  const completed = completable(z.string().describe('Any word.'), value => ['paris', 'park', 'party'].filter(one => one.startsWith(value)));
  server.registerPrompt(
    'test_prompt_with_arguments',
    { title: 'Two words', description: 'Asked for by the suite.', argsSchema: z.object({ arg1: completed, arg2: word }) },
    async ({ arg1, arg2 }) => user(text(`arg1='${arg1}', arg2='${arg2}'`)),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { title: 'A resource', description: 'Asked for by the suite.', argsSchema: z.object({ resourceUri: word }) },
    async ({ resourceUri }) =>
      user({ type: 'resource', resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded.' } }, text('Read it.')),
  );
  server.registerPrompt('test_prompt_with_image', { title: 'A picture', description: 'Asked for by the suite.' }, async () =>
    user({ type: 'image', data: PICTURE, mimeType: 'image/png' }, text('Look at it.')),
  );
  server.registerPrompt('test_input_required_result_prompt', { title: 'Asks first', description: 'Asked for by the suite.' }, (async (
    context: ServerContext,
  ) => {
    const words = answered<{ context: string }>(context, 'user_context')?.context;
    const asked = inputRequired.elicit({ message: 'In which context?', requestedSchema: form('context') });
    return words === undefined ? inputRequired({ inputRequests: { user_context: asked } }) : user(text(`Context: ${words}`));
  }) as never);
}
