import type { Note } from '../../model/answer.ts';
import { batchOf } from '../../model/log.ts';
import type { LogSource } from '../../model/source.ts';
import type { Catalog } from './catalog.ts';
import { answerOf } from './evidence.ts';
import { scanLogs } from './log-scan.ts';
import { Newest } from './newest.ts';
import type { FilesOptions } from './options.ts';

/** @default records in an answer when the query names no limit */
const DEFAULT_LIMIT = 1000;

export function logSource(catalog: Catalog, options: FilesOptions): LogSource {
  return {
    async query(q, io) {
      const limit = Math.max(1, q.limit ?? DEFAULT_LIMIT);
      const newest = q.order !== 'oldest';
      const best = new Newest(limit, newest);
      const scan = scanLogs(catalog, options, q, io);
      for await (const batch of scan.batches) for (let i = 0; i < batch.length; i++) best.offer(batch, i);
      const { notes, evidence, complete } = scan.finish();
      const records = best.sorted();
      const whole = best.offered <= limit;
      const cut: Note = {
        kind: 'truncated',
        text: `${best.offered} records match; the ${newest ? 'newest' : 'oldest'} ${records.length} are here.`,
        remedy: 'Narrow the window or the filter, or ask for clusters.',
      };
      const observed = { ...evidence.observed, returned: records.length };
      return answerOf(batchOf(records), complete && whole, whole ? notes : [...notes, cut], {
        ...evidence,
        complete: complete && whole,
        observed,
      });
    },
    scan: (q, io, columns) => scanLogs(catalog, options, q, io, columns),
  };
}
