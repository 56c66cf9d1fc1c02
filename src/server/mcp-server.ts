import { McpServer, type McpServerFactory, type ServerContext, type ServerOptions } from '@modelcontextprotocol/server';
import type { Caller, Tool } from '../model/tool.ts';
import { type Application, LOCAL } from './application.ts';
import { callTool, type Outcome } from './call.ts';
import { instructions } from './instructions.ts';
import { promptRegistration } from './mcp-prompts.ts';
import { registerResources } from './mcp-resources.ts';
import { inputJsonSchema } from './schemas.ts';

const LISTS_LAST_MS = 300_000;

/** What else a server offers beside the application: for a test of the protocol, whose suite asks for tools of its own. */
export interface Additions {
  readonly options?: ServerOptions;
  register(server: McpServer): void;
}

/**
 * Makes servers for one application: one per connection on stdio, one per request over HTTP. All state is the application's, so a new
 * server costs only its registrations.
 */
export function serverFactory(application: Application, additions?: Additions): McpServerFactory {
  const schemas = new Map(application.tools.map(tool => [tool.name, passThrough(tool)]));
  const registerPrompts = promptRegistration(application);
  return ({ authInfo }) => {
    const caller: Caller = authInfo ? { id: authInfo.clientId, scopes: authInfo.scopes } : LOCAL;
    const listed = { ttlMs: LISTS_LAST_MS, cacheScope: 'public' } as const;
    const server = new McpServer(
      { name: 'sre-copilot', title: 'SRE Copilot', version: application.version },
      {
        instructions,
        cacheHints: { 'tools/list': listed, 'prompts/list': listed, 'resources/templates/list': listed },
        ...additions?.options,
      },
    );
    for (const tool of application.tools) {
      const { name, title, description, annotations } = tool;
      server.registerTool(name, { title, description, annotations, inputSchema: schemas.get(name)! }, async (args, context) =>
        toResult(await callTool(application, { tool, args, caller, signal: context.mcpReq.signal, ...progressOf(context) })),
      );
    }
    registerResources(server, application, caller);
    registerPrompts(server, caller.id);
    additions?.register(server);
    return server;
  };
}

/**
 * The schema as the SDK wants it. It advertises the strict one but lets everything through, because the call checks arguments itself: the
 * SDK's own message would name neither the nearest argument nor a code.
 */
function passThrough(tool: Tool) {
  return {
    '~standard': {
      version: 1 as const,
      vendor: 'sre-copilot',
      validate: (value: unknown) => ({ value }),
      jsonSchema: { input: () => inputJsonSchema(tool), output: () => inputJsonSchema(tool) },
    },
  };
}

/** Clients take results of at most a megabyte, base64 and all. */
const MOST_PICTURE_BYTES = 700_000;

/** A picture goes without structured content: clients that read that throw everything else away. The text says all its numbers. */
function toResult({ structured, text, failed, picture }: Outcome) {
  const said = { type: 'text' as const, text };
  if (!picture?.png) return { content: [said], structuredContent: { ...structured }, ...(failed ? { isError: true } : {}) };
  const { png } = picture;
  if (png.length > MOST_PICTURE_BYTES) return { content: [said, { type: 'text' as const, text: TOO_LARGE }] };
  return { content: [said, { type: 'image' as const, data: Buffer.from(png).toString('base64'), mimeType: 'image/png' }] };
}

const TOO_LARGE = 'The picture is too large to be sent: ask for one panel, or for a smaller width.';

/** Progress goes out only to who asked for it, and only forward. */
function progressOf(context: ServerContext) {
  const progressToken = context.mcpReq._meta?.progressToken;
  if (progressToken === undefined) return {};
  let last = -1;
  return {
    progress(done: number, total?: number, message?: string) {
      if (!(done > last) || context.mcpReq.signal.aborted) return;
      last = done;
      const params = { progressToken, progress: done, ...(total === undefined ? {} : { total }), ...(message ? { message } : {}) };
      // A client that has gone away is no reason to stop: cancellation arrives through the signal.
      context.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
    },
  };
}
