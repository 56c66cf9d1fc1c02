import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApplication } from '../../src/app.ts';
import { readSettings } from '../../src/config.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { type Application, LOCAL } from '../../src/server/application.ts';
import { callTool, toolNamed } from '../../src/server/call.ts';

export interface TestProduct {
  readonly application: Application;
  /** Structured content of a call, errors included, uncut unless `max_tokens` is given. */
  call(tool: string, args?: JsonObject, caller?: string): Promise<JsonObject>;
  close(): Promise<void>;
}

/** The product as it is wired for use, over the given files, with a store of its own in a temporary folder. */
export async function testProduct(
  files: readonly string[],
  options: { readonly zone?: string; readonly now?: string; readonly config?: string; readonly state?: string } = {},
): Promise<TestProduct> {
  const dir = mkdtempSync(join(tmpdir(), 'sre-test-'));
  const settings = await readSettings({ files, state: join(dir, 'state'), ...options }, {}, process.cwd());
  const application = createApplication(settings, process.stderr);
  return {
    application,
    async call(tool, args = {}, caller) {
      const { structured } = await callTool(application, {
        tool: toolNamed(application.tools, tool),
        args,
        caller: caller ? { id: caller, scopes: ['sre:read'] } : LOCAL,
        signal: new AbortController().signal,
        unlimited: !('max_tokens' in args),
      });
      return structured;
    },
    async close() {
      await application.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Rows of a list in structured content. */
export function rowsOf(structured: JsonObject, key: string): JsonObject[] {
  const rows = structured[key];
  if (!Array.isArray(rows)) throw new Error(`No list ${key} in ${JSON.stringify(structured).slice(0, 500)}`);
  return rows as JsonObject[];
}
