import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket, Server as TcpServer } from 'node:net';
import { onTestFinished } from 'vitest';

export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Loopback {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly SeenRequest[];
  /** Requests that are not answered yet and whose callers have not gone. */
  underWay(): number;
  /** From now on nothing is answered, until the returned function is called. */
  hold(): () => void;
  close(): Promise<void>;
}

export type Answering = (request: SeenRequest, response: ServerResponse, message: IncomingMessage) => void | Promise<void>;

/** What ends a server: the test that asked for it, or what a suite brings. */
type Ends = (close: () => Promise<void>) => void;

/** An HTTP server on a free port of this machine that writes down what it is asked. With `tls` it speaks HTTPS. */
export async function loopback(answer: Answering, { tls, ends }: { tls?: ServerOptions; ends?: Ends } = {}): Promise<Loopback> {
  const seen: SeenRequest[] = [];
  let underWay = 0;
  let open = Promise.resolve();
  const handle = (message: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    underWay++;
    response.once('close', () => {
      underWay--;
    });
    message.on('error', () => {});
    response.on('error', () => {});
    message.on('data', chunk => chunks.push(chunk));
    message.on('end', () => {
      const { method = '', url = '', headers } = message;
      const request = { method, url, headers, body: Buffer.concat(chunks).toString() };
      seen.push(request);
      open.then(() => answer(request, response, message)).catch(() => response.destroy());
    });
  };
  const server = tls ? createTlsServer(tls, handle) : createServer(handle);
  const held = await listening(server, ends);
  return {
    ...held,
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${held.port}`,
    seen,
    underWay: () => underWay,
    hold() {
      let release = () => {};
      open = new Promise(done => {
        release = done;
      });
      return () => {
        open = Promise.resolve();
        release();
      };
    },
  };
}

/** Binds a server to a free port and knows its open sockets, so that closing does not wait for them. */
export async function listening(
  server: Server | TcpServer,
  ends: Ends = onTestFinished,
): Promise<Omit<Loopback, 'seen' | 'underWay' | 'hold'>> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const close = () =>
    new Promise<void>(done => {
      server.close(() => done());
      for (const socket of sockets) socket.destroy();
    });
  ends(close);
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, close };
}

/** A port at which nobody listens. */
export async function closedPort(): Promise<number> {
  const { createServer: createTcpServer } = await import('node:net');
  const server = createTcpServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise(done => server.close(done));
  return port;
}
