import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Application } from './application.ts';
import { serverFactory } from './mcp-server.ts';

/** Serves one client over standard input and output until it closes its end. */
export async function serveOverStdio(application: Application): Promise<void> {
  keepOutputForProtocol();
  const ended = new Promise<void>(done => process.stdin.once('end', done).once('close', done));
  const handle = serveStdio(serverFactory(application), { onerror: failure => application.report(failure) });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.stdin.destroy());
  await ended;
  await handle.close();
}

/** Whatever a library prints must not end up between two protocol messages. */
function keepOutputForProtocol(): void {
  globalThis.console = new console.Console(process.stderr, process.stderr);
}
