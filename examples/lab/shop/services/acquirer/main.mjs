// Stands for the card acquirer outside the company: no telemetry of it reaches us. `/srv/run/acquirer.json` sets its mood.
import { readFileSync, watchFile } from 'node:fs';
import http from 'node:http';

const path = '/srv/run/acquirer.json';
const read = () => JSON.parse(readFileSync(path, 'utf8')); // { medianMillis, failShare }
let mood = read();
watchFile(path, { interval: 500 }, () => (mood = read()));

http
  .createServer((request, response) => {
    request.resume();
    const millis = mood.medianMillis * Math.exp(0.35 * (Math.random() + Math.random() + Math.random() - 1.5));
    setTimeout(() => {
      const fails = Math.random() < mood.failShare;
      response.writeHead(fails ? 503 : 201, { 'content-type': 'application/json' });
      response.end(JSON.stringify(fails ? { error: 'temporarily unavailable' } : { id: `au_${Math.random().toString(36).slice(2, 12)}` }));
    }, millis);
  })
  .listen(8080, process.env.BIND_ADDRESS);
