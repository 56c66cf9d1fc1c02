// The same investigation by four clients of different families: SDK v1 over stdio, SDK v2 over HTTP (2026-07-28), the Python client, and
// the Inspector's command line on Node 24. All must see the same tools and get the same answer. Writes {passed, failed, skipped} to argv[2].
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const run = promisify(execFile);
const root = new URL('..', import.meta.url).pathname;
const command = join(root, 'dist/cli.js');
const python = join(root, '.ci/cache/python/bin/python');
const node24 = join(root, '.ci/tools/node_modules/node/bin/node');
const inspector = join(root, '.ci/tools/node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js');
const incidents = join(root, 'examples/incidents');
const home = mkdtempSync(join(tmpdir(), 'sre-copilot-live-'));
const env = { PATH: process.env.PATH, HOME: home };
const LIMIT_MS = 60_000;

const bundle = join(incidents, readdirSync(incidents).sort()[0]);
const serverArguments = ['--files', bundle, '--state', join(home, 'state')];
const question = { name: 'investigate', arguments: { window: await coveredWindow() } };

let passed = 0;
let failed = 0;
const answers = new Map();

await check('SDK v1 client over stdio', async () => {
  const client = new OlderClient({ name: 'live-v1', version: '1.0.0' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [command, ...serverArguments], env, stderr: 'ignore' }));
  const { tools } = await client.listTools();
  const progress = [];
  const result = await client.callTool(question, undefined, { onprogress: step => progress.push(step.progress), timeout: LIMIT_MS });
  assert.ok(progress.length > 0, 'no progress was seen');
  assert.deepEqual(
    progress,
    [...progress].sort((a, b) => a - b),
    'progress went backwards',
  );
  await cancels(signal => client.callTool(question, undefined, { signal }));
  assert.equal((await client.listTools()).tools.length, tools.length, 'the server did not survive a cancelled call');
  await client.close();
  return { tools: tools.map(tool => tool.name), result };
});

await check('SDK v2 client over HTTP, 2026-07-28', async () => {
  const server = spawn(process.execPath, [command, 'serve', '--http', '127.0.0.1:0', ...serverArguments], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    const url = await listening(server);
    const client = new Client({ name: 'live-v2', version: '1.0.0' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
    await client.connect(new StreamableHTTPClientTransport(new URL(url)));
    const { tools } = await client.listTools();
    const progress = [];
    const result = await client.callTool(question, { onprogress: step => progress.push(step.progress), timeout: LIMIT_MS });
    assert.ok(progress.length > 0, 'no progress was seen');
    await cancels(signal => client.callTool(question, { signal }));
    assert.equal((await client.listTools()).tools.length, tools.length, 'the server did not survive a cancelled call');
    await client.close();
    return { tools: tools.map(tool => tool.name), result };
  } finally {
    server.kill();
  }
});

await check('Python client over stdio', async () => {
  assert.ok(existsSync(python), 'the Python environment is missing');
  const { stdout } = await run(
    python,
    [join(root, '.ci/live.py'), JSON.stringify({ command: process.execPath, args: [command, ...serverArguments], env, call: question })],
    { timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 },
  );
  return JSON.parse(stdout);
});

await check('Inspector command line on Node 24', async () => {
  assert.ok(existsSync(node24) && existsSync(inspector), 'Node 24 or the Inspector is missing');
  const inspect = async (...words) => {
    const line = [inspector, '--cli', process.execPath, command, ...serverArguments, '--format', 'json', ...words];
    const { stdout } = await run(node24, line, {
      timeout: LIMIT_MS,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...env, PATH: `${join(node24, '..')}:${env.PATH}` },
    });
    return JSON.parse(stdout);
  };
  const listed = await inspect('--method', 'tools/list');
  const result = await inspect(
    '--method',
    'tools/call',
    '--tool-name',
    question.name,
    '--tool-args-json',
    JSON.stringify(question.arguments),
  );
  return { tools: (listed.tools ?? listed.result.tools).map(tool => tool.name), result: result.result ?? result };
});

await check('all four got the same tools and the same answer', async () => {
  const [first, ...others] = [...answers.values()];
  assert.equal(answers.size, 4, 'not every client got an answer');
  assert.ok(first.result.structuredContent.causes?.length > 0, 'no cause was found');
  for (const other of others) {
    assert.deepEqual(other.tools, first.tools);
    assert.deepEqual(comparable(other.result.structuredContent), comparable(first.result.structuredContent));
  }
});

rmSync(home, { recursive: true, force: true });
writeFileSync(process.argv[2] ?? '/dev/null', JSON.stringify({ passed, failed, skipped: 0 }));
process.exitCode = failed === 0 ? 0 : 1;

async function check(name, work) {
  try {
    const answer = await work();
    if (answer) {
      assert.ok(!answer.result.isError, JSON.stringify(answer.result.content));
      answers.set(name, answer);
    }
    passed++;
    console.log(`ok ${name}`);
  } catch (failure) {
    failed++;
    console.log(`not ok ${name}: ${failure.stack ?? failure}`);
  }
}

/** A call is given up a moment after it was sent; the client must get an error and the server must go on. */
async function cancels(call) {
  const abort = new AbortController();
  const answer = call(abort.signal);
  setImmediate(() => abort.abort());
  await assert.rejects(answer);
}

/** Stored ids are made anew for every call. */
function comparable(structured) {
  return JSON.parse(JSON.stringify(structured).replace(/\b(r|inv)_[A-Za-z0-9_-]+/g, '$1_…'));
}

function listening(server) {
  return new Promise((found, lost) => {
    let said = '';
    server.stderr.on('data', chunk => {
      said += chunk;
      const match = /listens at (\S+)/.exec(said);
      if (match) found(match[1]);
    });
    server.once('exit', code => lost(new Error(`the server ended with ${code}: ${said}`)));
  });
}

/** The whole time that the recording covers, as the command itself tells it. */
async function coveredWindow() {
  const { stdout } = await run(process.execPath, [command, 'call', 'discover', '{}', '--allow-partial', ...serverArguments], {
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  const { window } = JSON.parse(stdout);
  return typeof window === 'string' ? window : `${window.start}/${window.end}`;
}
