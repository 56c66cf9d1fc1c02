import { entityOf } from '../analysis/metrics/entity.ts';
import { unitFromName } from '../analysis/metrics/unit-spelling.ts';
import type { Entity, Labels, NativeHistogram, Series } from '../model/series.ts';
import type { TimeWindow } from '../model/time.ts';

/** Points kept of one file, 320 MB of them. */
export const MOST_POINTS = 20_000_000;

export type Aliases = Readonly<Record<string, string>>;

/** One series while it is read: columns that grow, in the order of the file. */
export class GrowingSeries {
  readonly name: string;
  readonly labels: Labels;
  readonly unit: string;
  type: 'counter' | 'gauge' | undefined;
  private t = new Float64Array(32);
  private v = new Float64Array(32);
  private n = 0;
  private rising = true;
  private native: { readonly unit: string; readonly at: Map<number, NativeHistogram> } | undefined;
  private readonly table: SeriesTable;

  constructor(table: SeriesTable, name: string, labels: Labels, unit: string, type?: 'counter' | 'gauge') {
    this.table = table;
    this.name = name;
    this.labels = labels;
    this.unit = unit;
    this.type = type;
  }

  get length(): number {
    return this.n;
  }

  add(t: number, v: number): void {
    if (!this.table.wants(t)) return;
    const n = this.n;
    if (n === this.t.length) {
      const t2 = new Float64Array(n * 2);
      t2.set(this.t);
      this.t = t2;
      const v2 = new Float64Array(n * 2);
      v2.set(this.v);
      this.v = v2;
    }
    if (n > 0 && !(t > this.t[n - 1]!)) this.rising = false;
    this.t[n] = t;
    this.v[n] = v;
    this.n = n + 1;
  }

  /** The number of observations of a histogram, and the histogram; `unit` is what was measured in. */
  addHistogram(t: number, histogram: NativeHistogram, unit: string): void {
    if (!Number.isFinite(histogram.count)) return;
    this.add(t, histogram.count);
    this.native ??= { unit, at: new Map() };
    this.native.at.set(t, histogram);
  }

  /** The finished series: rising, one value an instant (the last one read that is not a gap). */
  finish(entity: Entity): Series {
    // A column that grew to twice its length would be kept whole by a view of it.
    const roomy = this.t.length > this.n * 1.25;
    let t = roomy ? this.t.slice(0, this.n) : this.t.subarray(0, this.n);
    let v = roomy ? this.v.slice(0, this.n) : this.v.subarray(0, this.n);
    if (!this.rising) ({ t, v } = risingPoints(t, v));
    const type = this.type ?? typeByName(this.name, v);
    return {
      name: this.name,
      labels: this.labels,
      unit: this.unit,
      entity,
      t,
      v,
      ...(type && { type }),
      ...(this.native && { histograms: this.native }),
    };
  }
}

/** All series of a file, by name and labels. */
export class SeriesTable {
  private readonly byKey = new Map<string, GrowingSeries>();
  private readonly aliases: Aliases | undefined;
  private readonly window: TimeWindow | undefined;
  private points = 0;
  /** Points beyond `MOST_POINTS`, left out. */
  surplus = 0;
  /** First and last instant of the file, kept or not; NaN = there is none. */
  first = Number.NaN;
  last = Number.NaN;

  /** `window`: only points inside of it are kept, for files too large to keep whole. */
  constructor(aliases?: Aliases, window?: TimeWindow) {
    this.aliases = aliases;
    this.window = window;
  }

  /** True when a point at this instant is to be kept; asked once for each point. */
  wants(t: number): boolean {
    if (!(t >= this.first)) this.first = t;
    if (!(t <= this.last)) this.last = t;
    if (this.window && !(t >= this.window.start && t < this.window.end)) return false;
    if (this.points < MOST_POINTS) {
      this.points++;
      return true;
    }
    this.surplus++;
    return false;
  }

  get size(): number {
    return this.byKey.size;
  }

  series(name: string, labels: Labels, unit: string | undefined, type?: 'counter' | 'gauge'): GrowingSeries {
    const key = seriesKey(name, labels);
    let found = this.byKey.get(key);
    if (!found) {
      found = new GrowingSeries(this, name, labels, unit ?? unitFromName(name), type);
      this.byKey.set(key, found);
    }
    return found;
  }

  /** `hint`: labels that hold for the whole file (from its path) where a series names no component itself. */
  finish(hint?: Labels): Series[] {
    const all: Series[] = [];
    for (const growing of this.byKey.values()) {
      let entity = entityOf(growing.labels, this.aliases);
      if (entity.kind === 'unknown' && hint) entity = entityOf(hint, this.aliases);
      all.push(growing.finish(entity));
    }
    return all;
  }
}

export function seriesKey(name: string, labels: Labels): string {
  let key = name;
  for (const label of Object.keys(labels).sort()) key += `\u0001${label}\u0002${labels[label]}`;
  return key;
}

/** Sorted by time, equal instants joined: the last value that is not a gap stands. */
export function risingPoints(t: Float64Array, v: Float64Array): { t: Float64Array<ArrayBuffer>; v: Float64Array<ArrayBuffer> } {
  const order = Array.from(t, (_, i) => i);
  order.sort((a, b) => t[a]! - t[b]! || a - b);
  const outT = new Float64Array(t.length);
  const outV = new Float64Array(t.length);
  let n = 0;
  for (const i of order) {
    if (n > 0 && outT[n - 1] === t[i]) {
      if (!Number.isNaN(v[i]!)) outV[n - 1] = v[i]!;
      continue;
    }
    outT[n] = t[i]!;
    outV[n] = v[i]!;
    n++;
  }
  return { t: outT.slice(0, n), v: outV.slice(0, n) };
}

/** A counter by its name's ending, if the values agree: they fall only where a process started again. */
function typeByName(name: string, v: Float64Array): 'counter' | undefined {
  if (!/_(?:total|count|sum|bucket)$/.test(name)) return undefined;
  let falls = 0;
  let steps = 0;
  let last = Number.NaN;
  for (const value of v) {
    if (Number.isNaN(value)) continue;
    if (value < 0) return undefined;
    if (!Number.isNaN(last)) {
      steps++;
      if (value < last) falls++;
    }
    last = value;
  }
  return falls <= steps / 20 ? 'counter' : undefined;
}
