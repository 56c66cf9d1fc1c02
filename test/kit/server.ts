import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OlderStdioTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { onTestFinished } from 'vitest';

export const root = new URL('../..', import.meta.url).pathname;
/** The built command, as users run it. */
export const command = join(root, 'dist/cli.js');

const WHO = { name: 'test', version: '1.0.0' };

/** An empty folder that goes away with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sre-copilot-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Nothing of the machine's own configuration or state reaches a test. */
export function cleanEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: temporaryFolder(), ...extra };
}

/** The 2025 era over stdio, with the SDK line that most clients still use. */
export async function olderStdioClient(args: readonly string[]): Promise<OlderClient> {
  const client = new OlderClient(WHO);
  await client.connect(
    new OlderStdioTransport({
      command: process.execPath,
      args: [command, ...args],
      env: cleanEnvironment(),
      cwd: temporaryFolder(),
      stderr: 'ignore',
    }),
  );
  onTestFinished(() => client.close());
  return client;
}

/** The 2026-07-28 revision over stdio. */
export async function stdioClient(args: readonly string[]): Promise<Client> {
  const client = new Client(WHO, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [command, ...args],
      env: cleanEnvironment(),
      cwd: temporaryFolder(),
      stderr: 'ignore',
    }),
  );
  onTestFinished(() => client.close());
  return client;
}

export interface HttpServer {
  /** The address of the MCP route. */
  readonly url: string;
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
}

/** The server over HTTP on a free port. */
export async function httpServer(args: readonly string[], listen = '127.0.0.1:0'): Promise<HttpServer> {
  const child = spawn(process.execPath, [command, 'serve', '--http', listen, ...args], {
    env: cleanEnvironment(),
    cwd: temporaryFolder(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill());
  const url = await new Promise<string>((found, failed) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const match = /listens at (\S+)/.exec(said);
      if (match) found(match[1]!);
    });
    child.once('exit', code => failed(new Error(`the server ended with ${code}: ${said}`)));
  });
  return { url, process: child };
}

export async function httpClient(url: string, options: { token?: string; era?: '2026-07-28' | 'legacy' } = {}): Promise<Client> {
  const { token, era = '2026-07-28' } = options;
  const client = new Client(WHO, era === 'legacy' ? {} : { versionNegotiation: { mode: { pin: era } } });
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  onTestFinished(() => client.close());
  return client;
}
