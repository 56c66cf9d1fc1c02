import { readFileSync, writeFileSync } from 'node:fs';
import { request as ask } from 'node:http';
import { type Loopback, loopback, type SeenRequest } from './loopback.ts';

export interface RecordedAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Answers of a real server by request, in a file that nobody edits. */
export interface Recording {
  /** What was recorded, when, and by which command. */
  readonly about: string;
  readonly answers: Readonly<Record<string, RecordedAnswer>>;
}

type Ends = (close: () => Promise<void>) => void;

/** Method, path and what was asked, with its parameters in order. */
function keyOf({ method, url, body }: SeenRequest): string {
  const [path, query = ''] = url.split('?');
  const parameters = [query, body].join('&').split('&').filter(Boolean).sort();
  return `${method} ${path} ${decodeURIComponent(parameters.join('&'))}`;
}

/** Stands before a real server and writes down what it answers. `save` puts it into a file. */
export async function recorder(target: string, ends: Ends): Promise<Loopback & { save(file: string, about: string): void }> {
  const answers: Record<string, RecordedAnswer> = {};
  const server = await loopback(
    async (request, response) => {
      const answer = await passOn(target, request);
      answers[keyOf(request)] ??= answer;
      response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
    },
    { ends },
  );
  return {
    ...server,
    save(file, about) {
      const lines = Object.keys(answers)
        .sort()
        .map(key => `${JSON.stringify(key)}: ${JSON.stringify(answers[key])}`);
      writeFileSync(file, `{"about": ${JSON.stringify(about)}, "answers": {\n${lines.join(',\n')}\n}}\n`);
    },
  };
}

/** Answers as recorded. What was never asked is answered with 501 and put into `missing`. */
export async function replayer(
  file: string,
  ends: Ends,
  missing: string[] = [],
): Promise<Loopback & { readonly missing: readonly string[] }> {
  const { answers } = JSON.parse(readFileSync(file, 'utf8')) as Recording;
  const server = await loopback(
    (request, response) => {
      const answer = answers[keyOf(request)];
      if (!answer) missing.push(keyOf(request));
      response.writeHead(answer?.status ?? 501, { 'content-type': answer?.type ?? 'text/plain' }).end(answer?.body ?? 'not recorded');
    },
    { ends },
  );
  return { ...server, missing };
}

function passOn(target: string, { method, url, headers, body }: SeenRequest): Promise<RecordedAnswer> {
  const { host: _host, connection: _connection, 'accept-encoding': _packed, ...kept } = headers;
  return new Promise((done, failed) => {
    const sent = ask(new URL(url, target), { method, headers: kept }, response => {
      const chunks: Buffer[] = [];
      response.on('data', chunk => chunks.push(chunk));
      response.once('error', failed);
      response.once('end', () =>
        done({ status: response.statusCode!, type: response.headers['content-type'] ?? '', body: Buffer.concat(chunks).toString() }),
      );
    });
    sent.once('error', failed);
    sent.end(body);
  });
}
