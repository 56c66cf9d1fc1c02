// The official conformance suite against the product's own HTTP server. Both requirement sets run with the suite's fixtures beside the
// product's tools (test/conformance, not in the package); the product alone runs the scenarios that mean something without fixtures.
// Says nothing about the tools themselves. Writes {passed, failed, skipped} of scenarios to argv[2].
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { options } from '../build.mjs';

const root = new URL('..', import.meta.url).pathname;
const tools = join(root, '.ci/tools/node_modules');
const node24 = join(tools, 'node/bin/node');
const suite = join(tools, '@modelcontextprotocol/conformance/dist/index.js');
// One folder below the root, where the product finds its package.json.
const entry = join(root, '.local/conformance-serve.mjs');
const incident = join(root, 'examples/incidents', readdirSync(join(root, 'examples/incidents')).sort()[0]);
const expected = join(root, 'test/conformance/expected-failures.yaml');
const LIMIT_MS = 240_000;

/** What can be judged without fixture tools: connecting, lists, headers, hosts, statelessness. */
const WITHOUT_FIXTURES = {
  '2025-11-25': ['server-initialize', 'ping', 'tools-list', 'resources-list', 'prompts-list', 'dns-rebinding-protection'],
  '2026-07-28': [
    'tools-list',
    'resources-list',
    'prompts-list',
    'caching',
    'http-header-validation',
    'dns-rebinding-protection',
    'input-required-result-unsupported-methods',
    'sep-2164-resource-not-found',
  ],
};

await build({
  ...options,
  entryPoints: { 'conformance-serve': 'test/conformance/serve.ts' },
  outdir: '.local',
  outExtension: { '.js': '.mjs' },
  splitting: false,
});

let passed = 0;
let failed = 0;
const home = mkdtempSync(join(tmpdir(), 'sre-copilot-conformance-'));
try {
  await serving(['--fixtures'], async url => {
    await required('2026-07-28', url, []);
    await required('2025-11-25', url, parse(readFileSync(expected, 'utf8')).server);
  });
  await serving([], async url => {
    for (const [revision, names] of Object.entries(WITHOUT_FIXTURES)) {
      for (const name of names) {
        const checks = (await run(url, `${revision}-${name}`, ['--scenario', name, '--spec-version', revision])).get(name) ?? [];
        count(checks.length > 0 && failures(checks).length === 0, `${revision} ${name}, the product alone: ${told(checks)}`, checks);
      }
    }
  });
} finally {
  rmSync(home, { recursive: true, force: true });
}
writeFileSync(process.argv[2], JSON.stringify({ passed, failed, skipped: 0 }));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Every scenario that a revision requires passes, but for those that are known to fail, which have to fail. A warning is no failure. */
async function required(revision, url, known) {
  const { server } = parse(readFileSync(join(tools, `@modelcontextprotocol/conformance/requirements/${revision}.yaml`), 'utf8'));
  const found = await run(url, revision, ['--requirements', revision]);
  for (const name of server) {
    const checks = found.get(name) ?? [];
    const fails = checks.length === 0 || failures(checks).length > 0;
    count(
      fails === known.includes(name),
      `${revision} ${name}${known.includes(name) ? ', expected to fail' : ''}: ${told(checks)}`,
      checks,
    );
  }
  const others = [...found].filter(([name]) => !server.includes(name));
  console.log(`        not required and not judged: ${others.map(([name, checks]) => `${name} (${told(checks)})`).join(', ')}`);
}

function count(ok, title, checks) {
  if (ok) passed += 1;
  else failed += 1;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${title}`);
  if (!ok) for (const check of failures(checks)) console.log(`        ${check.id}: ${check.errorMessage ?? check.description}`);
}

function failures(checks) {
  return checks.filter(check => check.status === 'FAILURE');
}

function told(checks) {
  const of = status => checks.filter(check => check.status === status).length;
  return `${of('SUCCESS')} passed, ${of('FAILURE')} failed, ${of('WARNING')} warnings`;
}

async function serving(more, use) {
  const server = spawn(process.execPath, [entry, incident, join(home, 'state'), ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await new Promise((found, gone) => {
      server.stdout.once('data', line => found(String(line).trim()));
      server.once('exit', code => gone(new Error(`the server ended with ${code}`)));
    });
    await use(url);
  } finally {
    server.kill();
  }
}

/** Runs the suite; gives each scenario's checks. */
async function run(url, title, more) {
  const out = join(home, title);
  const node = spawn(node24, [suite, 'server', '--url', url, ...more, '-o', out], {
    env: { PATH: process.env.PATH, HOME: home },
    stdio: 'ignore',
  });
  const timer = setTimeout(() => node.kill(), LIMIT_MS);
  await new Promise(done => node.once('close', done));
  clearTimeout(timer);
  const found = new Map();
  for (const name of readdirSync(out)) {
    const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(name)?.[1];
    if (scenario) found.set(scenario, JSON.parse(readFileSync(join(out, name, 'checks.json'), 'utf8')));
  }
  return found;
}
