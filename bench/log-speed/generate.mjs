// A million mixed lines of twelve formats in our own words, seeded; beside each line what is left of it without its header.

import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const START = Date.UTC(2024, 4, 1, 10);
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** mulberry32 */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Writes `lines` lines to `path` and their messages to `messages`, from `next()` that gives pairs. */
export function write(lines, path, messages, next) {
  const files = [openSync(path, 'w'), openSync(messages, 'w')];
  for (let done = 0; done < lines; ) {
    const parts = ['', ''];
    while (done < lines && parts[0].length < 1 << 22) {
      const pair = next();
      parts[0] += `${pair[0]}\n`;
      parts[1] += `${pair[1]}\n`;
      done++;
    }
    for (const i of [0, 1]) writeSync(files[i], parts[i]);
  }
  for (const file of files) closeSync(file);
}

/** Twelve formats line by line; one line in 50 is followed by a stack trace. */
export function ownLines(seed) {
  const next = random(seed);
  const to = n => Math.floor(next() * n);
  const of = list => list[to(list.length)];
  const ip = () => `10.${to(4)}.${to(256)}.${to(256)}`;
  const hex = n => Array.from({ length: n }, () => '0123456789abcdef'[to(16)]).join('');
  const word = () => of(['alpha', 'bravo', 'carol', 'delta', 'eagle', 'frost', 'grape', 'hotel', 'igloo', 'joker']);
  // Beside sixteen sentences written out there are 240 of a subject, an act and an object, so that there are as many templates as in a real mixture.
  const subjects = ['replica', 'scheduler', 'ingester', 'gateway', 'checkout', 'billing', 'snapshot', 'consumer', 'resolver', 'uploader'];
  const acts = ['finished', 'started', 'skipped', 'refused', 'repaired', 'announced'];
  const objects = [
    () => `batch ${to(1e6)} of ${to(5000)} rows`,
    () => `transfer to ${ip()}:${1024 + to(60000)} with window ${to(4000)}`,
    () => `lease ${hex(12)} held for ${to(600)} seconds by node ${to(40)}`,
    () => `checkpoint at offset ${to(1e9)} in ${to(900)} ms`,
  ];
  const composed = subjects.flatMap(subject => acts.flatMap(act => objects.map(object => () => `${subject} ${act} ${object()}`)));
  const sentences = [
    ...composed,
    () => `Order ${to(1e6)} placed by customer ${to(1e5)} for ${to(500)}.${10 + to(90)} EUR`,
    () => `Payment ${hex(8)}-${hex(4)} authorised in ${to(900)} ms`,
    () => `retry ${to(5)} of 5 against http://${word()}.shop.svc:8080/v1/stock/${to(1e5)} after ${to(3000)}ms`,
    () => `Connection to ${ip()}:5432 refused, ${to(20)} waiting in pool`,
    () => `cache miss for key cart:${to(1e6)}, loaded ${to(40)} rows from replica ${word()}`,
    () => `Session ${hex(16)} of user ${word()} expired after ${to(7200)} seconds`,
    () => `queue depth is ${to(1000)}, oldest message ${to(90)}.${to(10)} s`,
    () => `GC pause ${to(200)}.${to(1000)}ms, heap ${to(4000)}M->${to(2000)}M(${4096}M)`,
    () => `wrote segment /data/wal/${hex(12)}.log (${to(64)}.${to(10)} MB) in ${to(80)} ms`,
    () => `leader for partition orders-${to(64)} is now broker ${to(9)}`,
    () => `Health check of ${word()} succeeded with status 200 in ${to(50)} ms`,
    () => `Rejected request from ${ip()}: token expired at ${1714500000 + to(1e5)}`,
    () => `scheduled job nightly-${word()} finished, ${to(5000)} records, ${to(3)} errors`,
    () => `config reloaded: max_connections=${to(500)}, timeout=${to(60)}s, mode=${of(['strict', 'lenient'])}`,
    () => `Deleted ${to(100)} stale entries older than ${to(30)} days from table ${word()}_events`,
    () => `image registry.local/${word()}:${to(5)}.${to(20)}.${to(9)} pulled in ${to(30)}s`,
  ];
  const level = () => of(['INFO', 'INFO', 'INFO', 'DEBUG', 'WARN', 'ERROR']);
  let t = START;
  let iso = '';
  let clock = '';
  const formats = [
    m =>
      `${iso.slice(0, 10)} ${clock},${iso.slice(20, 23)} ${level().padEnd(5)} [exec-${to(20)}] c.shop.${of(['order', 'stock', 'price'])}.Service - ${m}`,
    m => `May  1 ${clock} web-0${to(5)} ${of(['shopd', 'stockd', 'cron'])}[${1000 + to(9000)}]: ${m}`,
    m => `I0501 ${clock}.${iso.slice(20, 23)}000 ${pad(to(99), 7)} ${of(['sync', 'pool', 'lease'])}.go:${to(900)}] ${m}`,
    m => `{"level":"${level().toLowerCase()}","ts":"${iso}","caller":"shop/${word()}.go:${to(400)}","msg":"${m}","shard":${to(16)}}`,
    m => `${iso.slice(0, 23)}${pad(to(1e6), 6)}Z stdout F time=${iso} level=${level()} msg="${m}" shard=${to(16)}`,
    m => `${iso.slice(0, 10)} ${clock},${iso.slice(20, 23)} - shop.${of(['gateway', 'worker', 'mailer'])} - WARNING - ${m}`,
    m => `time=${iso} level=${level()} msg="${m}" component=${word()}`,
    m => `${iso.slice(0, 10)} ${clock}.${iso.slice(20, 23)} UTC [${1000 + to(900)}] LOG:  ${m}`,
    m => `${100 + to(100)}:M 01 May 2024 ${clock}.${iso.slice(20, 23)} * ${m}`,
    m => `[${iso.slice(0, 19)}Z INFO  shop::${of(['cart', 'quote'])}] ${m}`,
    m => `<${of(['info', 'warn'])}> ${iso.slice(0, 10)}T${clock}.${iso.slice(20, 23)}Z (${of(['cache', 'index', 'relay'])}) ${m}`,
  ];
  const traces = [
    'java.net.SocketTimeoutException: Read timed out',
    '\tat shop.net.Wire.read(Wire.java:88)',
    '\tat shop.order.Client.call(Client.java:41)',
    '\tat shop.order.Service.place(Service.java:203)',
  ];
  let waiting = [];
  return () => {
    if (waiting.length > 0) {
      const line = waiting.shift();
      return [line, line];
    }
    t += to(3);
    iso = new Date(t).toISOString();
    clock = iso.slice(11, 19);
    const kind = to(12);
    if (kind === 11) {
      const request = `${of(['GET', 'GET', 'POST'])} /v1/${word()}/${to(1e5)}?page=${to(9)} HTTP/1.1`;
      const message = `"${request}" ${of([200, 200, 200, 404, 503])} ${to(9e4)} "-" "shop-client/${to(4)}.${to(9)}"`;
      return [`${ip()} - - [01/${MONTHS[4]}/2024:${clock} +0000] ${message}`, message];
    }
    // each program has its own messages
    const message = sentences[kind + 11 * to(Math.floor(sentences.length / 11))]();
    if (kind === 0 && to(4) === 0) waiting = [...traces];
    return [formats[kind](message), message];
  };
}

/** Stamps as recorded systems write them: each with how a later time is written in the same way. */
const pad = (n, width = 2) => String(n).padStart(width, '0');
const clockOf = d => `${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())}`;
const dateOf = (d, mark) => `${d.getUTCFullYear()}${mark}${pad(d.getUTCMonth() + 1)}${mark}${pad(d.getUTCDate())}`;
const STAMPS = [
  [
    /\d{4}-\d\d-\d\d-\d\d\.\d\d\.\d\d\.\d{6}/g,
    d => `${dateOf(d, '-')}-${clockOf(d).replaceAll(':', '.')}.${pad(d.getUTCMilliseconds(), 3)}417`,
  ],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?=[,.]\d{3})/g, d => `${dateOf(d, '-')} ${clockOf(d)}`],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, d => `${dateOf(d, '-')} ${clockOf(d)}`],
  [/\b\d{4}\.\d\d\.\d\d\b/g, d => dateOf(d, '.')],
  [/\b1\d{9}\b/g, d => String(Math.floor(d.getTime() / 1000))],
  [/^\d{6} \d{6}\b/g, d => `${dateOf(d, '').slice(2)} ${clockOf(d).replaceAll(':', '')}`],
  [/^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d/g, d => `${dateOf(d, '/').slice(2)} ${clockOf(d)}`],
  [/\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d/g, d => `${MONTHS[d.getUTCMonth()]} ${String(d.getUTCDate()).padStart(2)} ${clockOf(d)}`],
  [/^\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}/g, d => `${dateOf(d, '-').slice(5)} ${clockOf(d)}.${pad(d.getUTCMilliseconds(), 3)}`],
  [
    /^\d{8}-\d+:\d+:\d+:\d+/g,
    d => `${dateOf(d, '')}-${d.getUTCHours()}:${d.getUTCMinutes()}:${d.getUTCSeconds()}:${d.getUTCMilliseconds()}`,
  ],
  [/^\[\d\d\.\d\d \d\d:\d\d:\d\d/g, d => `[${dateOf(d, '.').slice(5)} ${clockOf(d)}`],
];

/**
 * Lines of recorded systems (`header-truth/*.jsonl` of the development data), interleaved at random; digits of their messages vary and the time in their headers
 * advances, because a few recorded lines of years would let every line fall on another day.
 * @param sets names of the systems, all by default
 */
export function recordedLines(folder, seed, sets) {
  const names = readdirSync(folder).filter(name => name.endsWith('.jsonl') && (sets === undefined || sets.includes(name.slice(0, -6))));
  const pool = names.flatMap(name =>
    readFileSync(join(folder, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map(text => JSON.parse(text))
      .filter(({ line, message }) => typeof message === 'string' && line.endsWith(message) && !line.includes('\n'))
      .map(({ line, message }) => ({ header: line.slice(0, line.length - message.length), message })),
  );
  const next = random(seed);
  let t = START;
  return () => {
    t += Math.floor(next() * 60);
    const date = new Date(t);
    const { header, message } = pool[Math.floor(next() * pool.length)];
    const changed = message.replace(/\d{3,}/g, digits => {
      let text = digits[0];
      for (let i = 1; i < digits.length; i++) text += Math.floor(next() * 10);
      return text;
    });
    return [STAMPS.reduce((text, [pattern, write]) => text.replace(pattern, () => write(date)), header) + changed, changed];
  };
}

export function hasRecorded(folder) {
  return folder !== undefined && existsSync(folder);
}
