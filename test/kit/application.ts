import { Writable } from 'node:stream';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { onTestFinished } from 'vitest';
import { createApplication } from '../../src/app.ts';
import type { Tool } from '../../src/model/tool.ts';
import type { Application } from '../../src/server/application.ts';
import { serverFactory } from '../../src/server/mcp-server.ts';
import { temporaryFolder } from './server.ts';

export interface TestApplication extends Application {
  /** What went to the operator. */
  reported(): string;
}

/** The real application on folders of the test; `tools` adds tools whose course a test controls. */
export function testApplication(files: readonly string[], tools: readonly Tool[] = []): TestApplication {
  let said = '';
  const log = new Writable({
    write(chunk, _encoding, done) {
      said += String(chunk);
      done();
    },
  });
  const application = createApplication({ files, allow: [], state: temporaryFolder(), listen: '', hosts: [] }, log);
  onTestFinished(() => application.close());
  return { ...application, tools: [...application.tools, ...tools], reported: () => said };
}

/** A real client on the application's own HTTP handler, without a port. */
export async function clientOf(application: Application, caller?: string): Promise<Client> {
  const handler = createMcpHandler(serverFactory(application));
  const authInfo = caller ? { authInfo: { token: '', clientId: caller, scopes: [] } } : {};
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await client.connect(
    new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), {
      fetch: (address, init) => handler.fetch(new Request(address, init), authInfo),
    }),
  );
  onTestFinished(async () => {
    await client.close();
    await handler.close();
  });
  return client;
}
