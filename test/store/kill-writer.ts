/**
 * A process that writes to a store until it is killed, and says on stdout what was acknowledged: one line per save, written only
 * after its promise has resolved. Started by `kill-writers.ts`.
 */
import { writeSync } from 'node:fs';
import { openStore } from '../../src/store/store.ts';
import { saveBy } from './kill-record.ts';

const [dir, name] = process.argv.slice(2) as [string, string];
const store = await openStore({ dir, retention: {} });

for (let i = 0; ; i += 3) {
  await Promise.all(
    [i, i + 1, i + 2].map(async n => {
      const id = `${name}.${n}`;
      await saveBy(store, id, n);
      writeSync(1, `${id}\n`);
    }),
  );
}
