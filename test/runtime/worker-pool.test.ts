import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { workerPool } from '../../src/runtime/worker-pool.ts';

const folder = mkdtempSync(join(tmpdir(), 'worker-pool-'));
const path = join(folder, 'worker.mjs');
writeFileSync(
  path,
  `import { parentPort, threadId } from 'node:worker_threads';
   parentPort.on('message', async task => {
     if (task.crash) process.exit(3);
     if (task.fail) return parentPort.postMessage({ error: { message: task.fail } });
     if (task.gate) {
       const gate = new Int32Array(task.gate);
       Atomics.wait(gate, 0, 0);
     }
     parentPort.postMessage({ result: { value: task.value, threadId, bytes: task.bytes?.length } });
   });`,
);
const script = pathToFileURL(path);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Answer {
  readonly value: number;
  readonly threadId: number;
  readonly bytes?: number;
}

describe('a worker pool', () => {
  test('runs at most as many tasks at once as it has workers, and answers each with its own result', async () => {
    const pool = workerPool({ script, size: 2 });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, value) => pool.run<Answer>({ value })));
    expect(answers.map(({ value }) => value)).toEqual(Array.from({ length: 20 }, (_, value) => value));
    expect(new Set(answers.map(({ threadId }) => threadId)).size).toBe(2);
    await pool.close();
  });

  test('hands buffers over instead of copying them', async () => {
    const pool = workerPool({ script, size: 1 });
    const bytes = new Uint8Array(1000);
    expect(await pool.run<Answer>({ value: 1, bytes }, { transfer: [bytes.buffer] })).toMatchObject({ bytes: 1000 });
    expect(bytes.length).toBe(0);
    await pool.close();
  });

  test('a task that fails or takes its worker down fails alone', async () => {
    const pool = workerPool({ script, size: 1 });
    const tasks = [pool.run({ fail: 'no such file' }), pool.run({ crash: true }), pool.run<Answer>({ value: 3 })];
    const [failed, crashed, fine] = await Promise.allSettled(tasks);
    expect(failed).toMatchObject({ status: 'rejected', reason: { message: 'no such file' } });
    expect(crashed).toMatchObject({ status: 'rejected', reason: { message: 'A worker ended before its task.' } });
    expect(fine).toMatchObject({ status: 'fulfilled', value: { value: 3 } });
    await pool.close();
  });

  test('an abort ends the running task, takes waiting ones out of the queue and leaves the others alone', async () => {
    const pool = workerPool({ script, size: 1 });
    const gate = new SharedArrayBuffer(4);
    const stop = new AbortController();
    const running = pool.run({ gate }, { signal: stop.signal });
    const waiting = pool.run({ value: 1 }, { signal: stop.signal });
    const other = pool.run<Answer>({ value: 2 });
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await expect(waiting).rejects.toThrow('enough');
    expect((await other).value).toBe(2);
    await expect(pool.run({ value: 3 }, { signal: stop.signal })).rejects.toThrow('enough');
    await pool.close();
    await expect(pool.run({ value: 4 })).rejects.toThrow('closed');
  });
});
