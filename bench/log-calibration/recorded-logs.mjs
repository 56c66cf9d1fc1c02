// Logs of a recording in memory, as a source that is asked again and again about other windows.
import { contextOf, contextOver } from './product.mjs';

const COLUMNS = [
  't',
  'observed',
  'severity',
  'severityText',
  'body',
  'service',
  'instance',
  'traceId',
  'spanId',
  'attributes',
  'format',
  'line',
  'lines',
];
const ALL_TIME = { start: 0, end: 4e12 };

/** @returns a context over all records of the folders, in order of time */
export async function recordedLogs(folders) {
  const context = await contextOver(folders);
  const rows = [];
  for await (const batch of context.sources[0].logs.scan({ window: ALL_TIME }, context).batches)
    for (let i = 0; i < batch.length; i++)
      if (!Number.isNaN(batch.t[i])) rows.push(Object.fromEntries(COLUMNS.map(name => [name, batch[name][i]])));
  rows.sort((a, b) => a.t - b.t);
  return contextOf(memorySource(rows));
}

/** @param rows records in order of time */
export function memorySource(rows) {
  const from = t => {
    let [lo, hi] = [0, rows.length];
    while (lo < hi) {
      const middle = (lo + hi) >> 1;
      if (rows[middle].t < t) lo = middle + 1;
      else hi = middle;
    }
    return lo;
  };
  const scan = ({ window }) => ({
    batches: (async function* () {
      const cut = rows.slice(from(window.start), from(window.end));
      yield { length: cut.length, ...Object.fromEntries(COLUMNS.map(name => [name, cut.map(row => row[name])])) };
    })(),
    finish: () => ({
      data: null,
      complete: true,
      notes: [],
      evidence: { source: 'memory', signal: 'logs', query: '', window, complete: true, request: {} },
    }),
  });
  return { id: 'memory', kind: 'memory', recorded: true, logs: { scan } };
}
