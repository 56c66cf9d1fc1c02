// Metrics from nginx's access log, since nginx itself offers neither status codes nor latency.
import { closeSync, openSync, readSync } from 'node:fs';
import http from 'node:http';
import client from 'prom-client';

const path = '/srv/run/logs/nginx/access.log';
const requests = new client.Counter({ name: 'nginx_log_requests_total', help: 'Requests', labelNames: ['route', 'method', 'status'] });
const seconds = new client.Histogram({
  name: 'nginx_log_request_duration_seconds',
  help: 'Time from the first byte of the request to the last of the answer',
  labelNames: ['route'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
});
const line = /"(?<method>[A-Z]+) (?<path>[^ ?"]+)[^"]*" (?<status>\d{3}) .* rt=(?<seconds>[\d.]+)/;
const routeOf = url => url.replace(/\/\d+(?=\/|$)/g, '/:id');

let position = 0;
let rest = '';
setInterval(read, 500);

function read() {
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(1 << 18);
  for (let n = readSync(file, buffer, 0, buffer.length, position); n > 0; n = readSync(file, buffer, 0, buffer.length, position)) {
    position += n;
    const lines = (rest + buffer.toString('utf8', 0, n)).split('\n');
    rest = lines.pop();
    for (const text of lines) {
      const found = line.exec(text)?.groups;
      if (!found) continue;
      const route = routeOf(found.path);
      requests.inc({ route, method: found.method, status: found.status });
      seconds.observe({ route }, Number(found.seconds));
    }
  }
  closeSync(file);
}

http
  .createServer(async (_, response) => {
    response.setHeader('content-type', client.register.contentType);
    response.end(await client.register.metrics());
  })
  .listen(4040, process.env.BIND_ADDRESS);
