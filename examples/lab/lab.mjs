// The inner half of the lab, run by run.mjs inside its own namespaces: start, check, inject, record, undo, stop.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { harmlessChanges } from './changes.mjs';
import { makeRecorder } from './recorder.mjs';
import { randomSource } from './shop/load/random.mjs';
import { makeShop } from './shop.mjs';
import { startLoad, startShop } from './start.mjs';

const options = JSON.parse(process.argv[2]);
const { default: fault } = await import(`./faults/${options.fault}.mjs`);
const random = randomSource(options.seed * 7919 + 17);
const say = text => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

const recorder = makeRecorder('mon-1');
const setup = {
  ...options,
  fault,
  plainUser: ['unshare', '-U', '--map-user=1000', '--map-group=1000'],
  onChange: recorder.addChange,
};
const shop = makeShop(setup);
shop.random = random;
let undo;
let interrupted;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted ??= signal;
    cancel.abort();
  });
}
const cancel = new AbortController();
const pause = seconds => sleep(1000 * seconds, undefined, { signal: cancel.signal });

let failure;
try {
  await record();
} catch (error) {
  failure = interrupted ? `interrupted by ${interrupted}` : error.stack;
} finally {
  await tidy();
}
if (failure) console.error(failure);
process.exit(failure ? 1 : 0);

async function record() {
  say('starting the shop');
  await startShop(shop, setup);
  await recorder.listen();
  await fault.prepare?.(shop);
  startLoad(shop, setup);
  say('warming up');
  await pause(options.warmUpSeconds);
  await checkHealthy();

  const begin = recorder.begin();
  const injectAt = options.normalSeconds + Math.floor(random() * 30);
  const seconds = options.faultSeconds;
  const harmless = fault.harmless ?? [];
  const schedule = planChanges(harmless, injectAt, seconds);
  say(`recording; fault after ${injectAt} s for ${seconds} s`);

  const clock = () => (Date.now() - begin) / 1000;
  const reach = async target => {
    while (schedule.length > 0 && schedule[0].at < target) {
      const next = schedule.shift();
      await pause(Math.max(0, next.at - clock()));
      say(`change: ${next.name}`);
      await harmlessChanges[next.name](shop);
    }
    await pause(Math.max(0, target - clock()));
  };
  await reach(injectAt);
  const injected = new Date();
  say(`injecting ${options.fault}`);
  undo = (await fault.inject(shop)) ?? (() => {});
  await reach(injectAt + seconds);
  const undone = new Date();
  say('undoing');
  await undo();
  undo = undefined;
  await pause(options.tailSeconds);

  say('writing the bundle');
  mkdirSync('/srv/bundle', { recursive: true });
  const { begin: start, end } = await recorder.write('/srv/bundle', {
    title: options.title,
    zone: options.zone,
    dashboards: { shop: `${options.source}/config/dashboard.json`, 'on-call': `${options.source}/config/on-call.json` },
  });
  const entry = recorder.alerts
    .flatMap(body => body.alerts)
    .find(alert => alert.labels.service === 'nginx' && alert.status === 'firing' && new Date(alert.startsAt) > injected);
  writeFileSync(
    '/srv/facts.json',
    JSON.stringify({
      begin: start,
      end,
      injected,
      undone,
      alert: entry && { id: entry.fingerprint, name: entry.labels.alertname, startsAt: entry.startsAt },
      requests: summary(injected, undone),
    }),
  );
}

/** Harmless changes named by the fault happen near it; others are drawn by the seed in the normal time. */
function planChanges(near, injectAt, seconds) {
  const names = Object.keys(harmlessChanges);
  const drawn = options.quiet ? [] : [names[Math.floor(random() * names.length)]];
  const planned = [
    ...near.map(({ name, after }) => ({ name, at: injectAt + after })),
    ...drawn.filter(name => !near.some(entry => entry.name === name)).map(name => ({ name, at: 60 + random() * (injectAt - 130) })),
  ];
  return planned.filter(({ at }) => at > 5 && at < injectAt + seconds).sort((a, b) => a.at - b.at);
}

async function checkHealthy() {
  for (let attempt = 1; ; attempt += 1) {
    const { p99, failed, count } = measure(Date.now() - 20_000, Date.now());
    say(`healthy? ${count} requests, p99 ${p99} ms, ${failed} failed`);
    if (p99 < 250 && failed === 0 && count > 20) return;
    if (attempt === 8) throw new Error(`the shop does not become healthy: p99 ${p99} ms, ${failed} of ${count} failed`);
    await pause(10);
  }
}

function measure(from, to) {
  const rows = readFileSync('/srv/run/load.jsonl', 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
    .filter(row => row.t >= from && row.t < to);
  const millis = rows.map(row => row.ms).sort((a, b) => a - b);
  return {
    count: rows.length,
    p99: millis[Math.floor(0.99 * millis.length)] ?? 0,
    failed: rows.filter(row => row.status >= 500 || row.status === 0).length,
  };
}

function summary(injected, undone) {
  return { before: measure(injected - 120_000, injected.getTime()), during: measure(injected.getTime(), undone.getTime()) };
}

async function tidy() {
  say('stopping everything');
  try {
    await undo?.();
  } catch (error) {
    console.error(`undo failed: ${error.message}`);
  }
  await shop.supervisor.stopAll();
  recorder.close();
}
