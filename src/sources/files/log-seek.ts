import { open } from 'node:fs/promises';
import { logParser } from '../../analysis/logs/parser.ts';
import type { CatalogFile } from './catalog.ts';
import { timeOf } from './newest.ts';

/** Smaller files are read through: looking for the place costs about as much. */
const WORTH_IT = 16 << 20;
const PROBE = 64 << 10;
/** Evenly spread probes that must rise before anything is skipped. */
const SPREAD = 16;
/** Records may be out of order by this much, ms; the same amount is read before the window. */
export const DISORDER = 5 * 60_000;

/** How much of a log has to be read for a window. */
export interface Reach {
  /** First byte; everything before is older than the window by more than `DISORDER`. */
  readonly start: number;
  /** True when reading may stop once the records are younger than the window: the file rises in time wherever it was probed. */
  readonly mayStop: boolean;
}

const ALL: Reach = { start: 0, mayStop: false };

/**
 * Looks for the place in a large text log where a window begins, by bisection. A compressed file cannot be probed: it is read from its
 * start, and reading may stop behind the window when the records came in order until then.
 */
export async function reachOf(
  file: CatalogFile,
  start: number,
  reading: { zone?: string | undefined; now: number; offset: number },
): Promise<Reach> {
  if (file.compressed) return { start: 0, mayStop: true };
  if (file.recognised.kind !== 'logs' || file.size < WORTH_IT) return ALL;
  const handle = await open(file.path, 'r');
  try {
    const buffer = Buffer.alloc(PROBE);
    const at = async (position: number): Promise<{ first: number; last: number } | undefined> => {
      const { bytesRead } = await handle.read(buffer, 0, PROBE, position);
      const from = position === 0 ? 0 : buffer.indexOf(10) + 1;
      if (position > 0 && from === 0) return undefined;
      const parser = logParser({ ...(reading.zone !== undefined && { zone: reading.zone }), now: reading.now });
      let first = Number.POSITIVE_INFINITY;
      let last = Number.NEGATIVE_INFINITY;
      for (const batch of [parser.push(buffer.subarray(from, bytesRead)), parser.flush()]) {
        for (let i = 0; i < batch.length; i++) {
          const t = timeOf(batch, i) - reading.offset;
          if (t < first) first = t;
          if (t > last) last = t;
        }
      }
      return first <= last ? { first, last } : undefined;
    };
    const seen: { position: number; first: number; last: number }[] = [];
    for (let k = 0; k < SPREAD; k++) {
      const position = Math.floor((file.size - PROBE) * (k / (SPREAD - 1)));
      const probe = await at(position);
      if (probe) seen.push({ position, ...probe });
    }
    // A place without times says nothing about the order; too many of them, and the order is unknown.
    if (seen.length < SPREAD / 2) return ALL;
    for (let k = 1; k < seen.length; k++) if (seen[k]!.first < seen[k - 1]!.last - DISORDER) return ALL;
    const goal = start - DISORDER;
    let lo = 0;
    let hi = file.size;
    for (const probe of seen) {
      if (probe.last < goal) lo = Math.max(lo, probe.position);
      else hi = Math.min(hi, probe.position);
    }
    while (hi - lo > 1 << 20) {
      const middle = Math.floor((lo + hi) / 2);
      const probe = await at(middle);
      if (probe && probe.last < goal) lo = middle;
      else hi = middle;
    }
    return { start: lo, mayStop: true };
  } finally {
    await handle.close();
  }
}
