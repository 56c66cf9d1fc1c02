import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';

const ROOT = process.cwd();

/**
 * Lets several processes write to the store in `dir` and kills them (SIGKILL) one after the other, each after a number of
 * acknowledgements that `seed` decides, while the others write on; a killed one is started again.
 * @returns every id that was acknowledged, and how many kills there were (the last ones together, at the end)
 */
export async function killWriters(options: {
  dir: string;
  processes: number;
  kills: number;
  seed: number;
}): Promise<{ acknowledged: string[]; kills: number }> {
  const { dir, processes, seed } = options;
  mkdirSync(join(ROOT, '.state'), { recursive: true });
  // Inside the repository, so that the bundle finds the package with the engine.
  const code = mkdtempSync(join(ROOT, '.state', 'kill-'));
  const writer = join(code, 'writer.mjs');
  await build({
    entryPoints: [join(ROOT, 'test/store/kill-writer.ts')],
    outfile: writer,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const acknowledged: string[] = [];
  const random = generator(seed);
  let kills = 0;

  /** One writer until its kill: resolves when the process is gone and all that it said was read. */
  function life(name: string): Promise<void> {
    const child = spawn(process.execPath, [writer, dir, name], { stdio: ['ignore', 'pipe', 'inherit'] });
    const killAfter = 5 + Math.floor(random() * 120);
    let heard = 0;
    createInterface({ input: child.stdout! }).on('line', id => {
      acknowledged.push(id);
      if (++heard === killAfter) kills += child.kill('SIGKILL') ? 1 : 0;
    });
    return ended(child);
  }

  async function lives(slot: number): Promise<void> {
    for (let generation = 0; kills < options.kills; generation++) await life(`w${slot}-${generation}`);
  }

  try {
    await Promise.all(Array.from({ length: processes }, (_, slot) => lives(slot)));
  } finally {
    rmSync(code, { recursive: true, force: true });
  }
  return { acknowledged, kills };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`A writer ended by itself with code ${code}.`)),
    );
  });
}

/** Numbers from 0 to 1 that the seed decides (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}
