import { type McpServer, ProtocolError, ProtocolErrorCode, ResourceTemplate } from '@modelcontextprotocol/server';
import type { JsonObject } from '../model/json.ts';
import { formatInstant } from '../model/time.ts';
import type { Caller } from '../model/tool.ts';
import { type ListedKind, type Resource, resources, type StoredKind } from '../resources/index.ts';
import type { Application } from './application.ts';
import { callTool, toolNamed } from './call.ts';
import { replyOf, storedEntries, storedResult } from './stored.ts';
import { suggestions } from './suggestions.ts';

/** A resource is attached by a person, not paid for at every turn: it gets the largest budget there is. */
const RESOURCE_TOKENS = 10_000;
const MOST_LISTED = 50;

export function registerResources(server: McpServer, application: Application, caller: Caller): void {
  for (const resource of resources) {
    const { name, title, description, uri, listed } = resource;
    const config = { title, description, mimeType: mimeTypeOf(resource) };
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

function mimeTypeOf({ picture }: Resource): string {
  return picture ? 'image/png' : 'application/json';
}

async function existing(application: Application, resource: Resource, caller: Caller) {
  const { uri, title, listed } = resource;
  if (!isStored(listed!)) {
    const ids = await suggestions(application, listed!, '', caller.id);
    return ids.map(id => ({
      uri: uri.replace('{id}', encodeURIComponent(id)),
      name: id,
      title: `${title} ${id}`,
      mimeType: mimeTypeOf(resource),
    }));
  }
  const entries = await storedEntries(await application.store(), caller.id, listed, MOST_LISTED);
  return entries.map(({ id, created }) => ({
    uri: uri.replace('{id}', encodeURIComponent(id)),
    name: id,
    title: `${title} of ${formatInstant(created)}`,
    mimeType: 'application/json',
  }));
}

function isStored(kind: ListedKind): kind is StoredKind {
  return kind === 'evidence' || kind === 'results' || kind === 'investigations';
}

async function contents(application: Application, resource: Resource, id: string, address: URL, caller: Caller, signal: AbortSignal) {
  const name = decodeURIComponent(id);
  if (!resource.call) return { contents: [jsonOf(address, await whole(application, resource, name, caller))] };
  const { structured, picture } = await called(application, resource.call, name, caller, signal);
  if (!resource.picture || !picture?.png) return { contents: [jsonOf(address, structured)] };
  return { contents: [{ uri: address.href, mimeType: mimeTypeOf(resource), blob: Buffer.from(picture.png).toString('base64') }] };
}

async function called(application: Application, call: NonNullable<Resource['call']>, id: string, caller: Caller, signal: AbortSignal) {
  const tool = toolNamed(application.tools, call.tool);
  const args = { ...call.arguments(id), max_tokens: RESOURCE_TOKENS };
  const outcome = await callTool(application, { tool, args, caller, signal });
  if (outcome.failed) throw new ProtocolError(ProtocolErrorCode.InvalidParams, outcome.text);
  return outcome;
}

function jsonOf(address: URL, structured: JsonObject) {
  return { uri: address.href, mimeType: 'application/json', text: JSON.stringify(structured) };
}

/** Out through the same door as every answer, but not kept once more. */
async function whole(application: Application, { listed, title }: Resource, id: string, caller: Caller) {
  const [store, redactor, { fit }] = await Promise.all([application.store(), application.redactor(), import('../exit/fit.ts')]);
  const stored = await storedResult(store, caller.id, listed as StoredKind, id);
  if (!stored)
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      `There is no ${title.toLowerCase()} of yours with the id ${JSON.stringify(id.slice(0, 60))}.`,
    );
  const { structured } = await fit(replyOf(stored), { maxTokens: RESOURCE_TOKENS, redactor, result: id, continue: undefined });
  return structured;
}
