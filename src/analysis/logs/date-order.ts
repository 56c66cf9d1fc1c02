import type { DateOrder } from './timestamps.ts';

export interface DateOrders {
  readonly short: DateOrder;
  readonly long: 'dmy' | 'mdy';
}

const DATE = /(?:^|[^\d/.-])(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})[ T,]+\d{1,2}:\d\d/;

/**
 * Learns the order of day, month and year in all-numeric dates from the lines of a stream.
 *
 * A part above 12 is no month and one above 31 no day; where that leaves a choice, the part that changes from line to line is the day, and failing that
 * the customs decide: year first with two digits, month first with four.
 * @param lines the first lines of a stream
 * @returns the order for two-digit and for four-digit years
 * @example learnDateOrder(['31/05/24 10:00:00 up', '01/06/24 10:00:00 up']).short // => 'dmy'
 */
export function learnDateOrder(lines: readonly string[]): DateOrders {
  const short: number[][] = [];
  const long: number[][] = [];
  for (const line of lines) {
    const found = DATE.exec(line.length > 200 ? line.slice(0, 200) : line);
    if (!found) continue;
    const parts = [Number(found[1]), Number(found[2]), Number(found[3])];
    (found[3]!.length === 2 ? short : long).push(parts);
  }
  return {
    short: shortOrder(short),
    long: column(long, 0).most > 12 || (column(long, 0).distinct > column(long, 1).distinct && column(long, 1).most <= 12) ? 'dmy' : 'mdy',
  };
}

function shortOrder(dates: readonly number[][]): DateOrder {
  const [a, b, c] = [column(dates, 0), column(dates, 1), column(dates, 2)];
  const possible: DateOrder[] = [];
  if (b.most <= 12 && c.most <= 31 && c.least > 0) possible.push('ymd');
  if (b.most <= 12 && a.most <= 31) possible.push('dmy');
  if (a.most <= 12 && b.most <= 31) possible.push('mdy');
  const day = { ymd: c, dmy: a, mdy: b };
  const moving = possible.filter(
    order => day[order].distinct > 1 && [a, b, c].every(part => part === day[order] || part.distinct <= day[order].distinct),
  );
  return moving.length === 1 || (moving.length > 1 && moving[0] !== 'ymd') ? moving[0]! : (possible[0] ?? 'ymd');
}

function column(dates: readonly number[][], i: number): { most: number; least: number; distinct: number } {
  const values = dates.map(parts => parts[i]!);
  return { most: Math.max(0, ...values), least: Math.min(99, ...values), distinct: new Set(values).size };
}
