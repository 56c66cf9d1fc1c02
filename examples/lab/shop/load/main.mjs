// Open-loop load: people arrive by a Poisson process whether or not the shop is slow; the rate follows a compressed day.
// LOAD_RATE requests a second on average, LOAD_DAY_SECONDS, LOAD_SEED; /srv/run/load.json {"factor": n} multiplies the rate.
import { createWriteStream, readFileSync, watchFile } from 'node:fs';
import http from 'node:http';
import { randomSource } from './random.mjs';
import { kinds } from './users.mjs';

const rate = Number(process.env.LOAD_RATE);
const daySeconds = Number(process.env.LOAD_DAY_SECONDS);
const random = randomSource(Number(process.env.LOAD_SEED));
const results = createWriteStream('/srv/run/load.jsonl', { flags: 'a' });
const requestsPerWalk = 4.3;
const controlPath = '/srv/run/load.json';
const factorNow = () => JSON.parse(readFileSync(controlPath, 'utf8')).factor;
let factor = factorNow();
watchFile(controlPath, { interval: 500 }, () => (factor = factorNow()));

const dice = {
  whole: n => Math.floor(random() * n),
  chance: p => random() < p,
  pause: mean => -mean * Math.log(1 - random()),
  popular: () => 1 + Math.floor(60_000 * random() ** 4),
};
const agent = new http.Agent({ keepAlive: true, maxSockets: 1000 });
const begin = Date.now();

arrive();

function arrive() {
  const day = ((Date.now() - begin) / 1000 / daySeconds) * 2 * Math.PI;
  const walksPerSecond = (factor * rate * (1 + 0.3 * Math.sin(day) + 0.1 * Math.sin(3 * day + 1))) / requestsPerWalk;
  setTimeout(
    () => {
      walk(pickKind());
      arrive();
    },
    dice.pause(1000 / walksPerSecond),
  );
}

function pickKind() {
  let left = random();
  for (const kind of kinds) {
    left -= kind.weight;
    if (left < 0) return kind;
  }
  return kinds[0];
}

async function walk(kind) {
  const person = { user: `u${dice.whole(4000)}`, address: `${kind.network}.${10 + dice.whole(200)}`, agent: kind.agent };
  const steps = kind.walk(dice);
  let step = steps.next();
  while (!step.done) {
    await new Promise(resolve => setTimeout(resolve, 1000 * step.value.pause));
    const { status, answer } = await send(person, step.value);
    if (status >= 500 || status === 0) {
      if (dice.chance(0.5)) return; // half of the people leave on an error
    }
    step = steps.next(answer);
  }
}

function send(person, { method, path, body }) {
  const started = Date.now();
  return new Promise(resolve => {
    const finish = (status, answer) => {
      results.write(`${JSON.stringify({ t: started, ms: Date.now() - started, status, method, path })}\n`);
      resolve({ status, answer });
    };
    const text = body && JSON.stringify(body);
    const request = http.request({
      host: 'edge-1',
      port: 80,
      method,
      path,
      agent,
      localAddress: person.address,
      timeout: 10_000,
      headers: {
        host: 'shop.example',
        'user-agent': person.agent,
        'x-user': person.user,
        ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      },
    });
    request.on('timeout', () => request.destroy(new Error('gave up')));
    request.on('error', () => finish(0));
    request.on('response', async response => {
      try {
        const chunks = [];
        for await (const chunk of response) chunks.push(chunk);
        finish(response.statusCode, response.statusCode < 300 ? JSON.parse(Buffer.concat(chunks)) : undefined);
      } catch {
        finish(0);
      }
    });
    request.end(text);
  });
}
