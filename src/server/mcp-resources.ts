import { type McpServer, ProtocolError, ProtocolErrorCode, ResourceTemplate } from '@modelcontextprotocol/server';
import { formatInstant } from '../model/time.ts';
import type { Caller } from '../model/tool.ts';
import { type Resource, resources } from '../resources/index.ts';
import type { Application } from './application.ts';
import { callTool, toolNamed } from './call.ts';
import { suggestions } from './suggestions.ts';

/** A resource is attached by a person, not paid for at every turn: it gets the largest budget there is. */
const RESOURCE_TOKENS = 10_000;
const MOST_LISTED = 50;

export function registerResources(server: McpServer, application: Application, caller: Caller): void {
  for (const resource of resources) {
    const { name, title, description, uri, listed } = resource;
    const config = { title, description, mimeType: 'application/json' };
    if (listed === undefined) {
      server.registerResource(name, uri, config, (address, context) =>
        contents(application, resource, '', address, caller, context.mcpReq.signal),
      );
      continue;
    }
    const template = new ResourceTemplate(uri, {
      list: async () => ({ resources: await existing(application, resource, caller) }),
      complete: { id: value => suggestions(application, listed, value, caller.id) },
    });
    server.registerResource(name, template, config, (address, variables, context) =>
      contents(application, resource, String(variables['id']), address, caller, context.mcpReq.signal),
    );
  }
}

async function existing(application: Application, { uri, title, listed }: Resource, caller: Caller) {
  const store = await application.store();
  const entries = await store.list(caller.id, listed!, MOST_LISTED);
  // Titles of stored entries quote telemetry and have not passed the way out, so the list shows ids and times only.
  return entries.map(({ id, created }) => ({
    uri: uri.replace('{id}', encodeURIComponent(id)),
    name: id,
    title: `${title} of ${formatInstant(created)}`,
    mimeType: 'application/json',
  }));
}

async function contents(application: Application, resource: Resource, id: string, address: URL, caller: Caller, signal: AbortSignal) {
  const tool = toolNamed(application.tools, resource.tool);
  const args = { ...resource.arguments(decodeURIComponent(id)), max_tokens: RESOURCE_TOKENS };
  const { structured, text, failed } = await callTool(application, { tool, args, caller, signal });
  if (failed) throw new ProtocolError(ProtocolErrorCode.InvalidParams, text);
  return { contents: [{ uri: address.href, mimeType: 'application/json', text: JSON.stringify(structured) }] };
}
