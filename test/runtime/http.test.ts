import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { createHttp } from '../../src/runtime/http.ts';

test('x', async () => {
  const s = createServer((q, r) => {
    r.end(JSON.stringify({ m: q.method, u: q.url, h: q.headers }));
  });
  await new Promise<void>(d => s.listen(0, '127.0.0.1', d));
  onTestFinished(() => void s.close());
  const http = createHttp({ id: 'a', baseUrl: `http://u:p@127.0.0.1:${(s.address() as { port: number }).port}/prom/` }, () => Date.now());
  const a = await http.send(
    { method: 'POST', path: '/api/v1/query', form: { query: 'a b', 'match[]': ['x', 'y'] } },
    { signal: new AbortController().signal, deadline: Date.now() + 5000 },
  );
  console.log(a);
  await http.close();
  expect(a.status).toBe(200);
});
