import type { Note } from '../../model/answer.ts';
import type { LogBatch } from '../../model/log.ts';

const QUARTER = 15 * 60_000;
/** How far an offset may be from whole quarter hours: the way from the program to the collector, and batching. */
const SLACK = 90_000;
const MOST = 14 * 3_600_000;

/**
 * Brings the times inside the lines to the clock of the collector that stamped their arrival: programs often write local time without
 * saying so. Only a constant offset of whole quarter hours is evident enough; it is said in a note. Decided once per file, on the first
 * batch that has both times.
 */
export function alignment(name: string, notes: Note[]): { apply(batch: LogBatch): void } {
  let offset: number | undefined;
  return {
    apply(batch) {
      if (offset === undefined) {
        const found = offsetIn(batch);
        if (found === undefined) return;
        offset = found;
        if (offset !== 0) {
          notes.push({
            kind: 'assumption',
            what: name,
            text: `The times inside ${name} are ${hours(offset)} ${offset > 0 ? 'ahead of' : 'behind'} the times of arrival beside them; they are read as local time and were shifted.`,
          });
        }
      }
      if (offset !== 0) for (let i = 0; i < batch.length; i++) batch.t[i]! -= offset;
    },
  };
}

/** Difference of event and arrival time when it is the same whole number of quarter hours in nearly all rows; 0 = none that is evident. */
function offsetIn(batch: LogBatch): number | undefined {
  const votes = new Map<number, number>();
  let both = 0;
  for (let i = 0; i < batch.length; i++) {
    const difference = batch.t[i]! - batch.observed[i]!;
    if (Number.isNaN(difference)) continue;
    both++;
    const quarters = Math.round(difference / QUARTER);
    if (Math.abs(difference - quarters * QUARTER) <= SLACK) votes.set(quarters, (votes.get(quarters) ?? 0) + 1);
  }
  if (both === 0) return undefined;
  const [quarters, count] = [...votes].sort((a, b) => b[1] - a[1])[0] ?? [0, 0];
  const offset = quarters * QUARTER;
  return count >= both * 0.9 && Math.abs(offset) <= MOST ? offset : 0;
}

export function hours(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / 60_000);
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
