import { namesComponent } from '../analysis/metrics/entity.ts';
import { unitFromName, unitOf } from '../analysis/metrics/unit-spelling.ts';
import type { Labels, Series } from '../model/series.ts';
import type { TimeWindow } from '../model/time.ts';
import { Interner, isGap, numberIn } from './bytes.ts';
import { CsvReader, type CsvRow, cell, delimiterOf } from './csv.ts';
import { instantOf } from './instant.ts';
import { type Aliases, type GrowingSeries, SeriesTable } from './series-table.ts';

/** What a reader found odd in a file, as parts of a sentence: `3 cells are not numbers`. */
export type Oddities = string[];

/** What a file of metrics holds. */
export interface ReadSeries {
  readonly series: Series[];
  readonly oddities: Oddities;
  /** First and last instant of the file, kept or not; NaN = there is none. */
  readonly first: number;
  readonly last: number;
  /** Points left out because there were too many. */
  readonly surplus: number;
}

export interface MetricsReader {
  push(chunk: Uint8Array): void;
  finish(): ReadSeries;
}

export interface TableOptions {
  readonly zone?: string | undefined;
  readonly aliases?: Aliases | undefined;
  readonly window?: TimeWindow | undefined;
  /** Labels that the file's path gives where the rows name no component. */
  readonly hint?: Labels | undefined;
}

const TIME_NAMES = ['time', 'timestamp', 'ts', 'date', 'datetime', '@timestamp', 'unixtimestamp', 'time(utc)', 'starttime', 'periodstart'];
const METRIC_NAMES = ['metric', 'name', 'metricname', '__name__', 'measurement'];
const VALUE_NAMES = ['value', 'val', 'metricvalue'];
const UNIT_NAMES = ['unit', 'units'];
/** Labels that look like numbers. */
const NUMERIC_LABELS =
  /^(le|quantile|code|status|status_?code|http_?(response_)?status_?code|port|pid|tid|shard|partition|cpu|core|version|id|zone|rank)$/i;
/** Text columns that make a table a log rather than metrics. */
const LOG_COLUMNS = /^(message|msg|log|body|content|logmessage|@message|text)$/i;
const MAX_SERIES = 100_000;

/** How a header and its first rows are to be read. */
export interface TablePlan {
  readonly header: readonly string[];
  readonly delimiter: ',' | ';' | '\t';
  readonly time: number;
  readonly dayFirst: boolean;
  /** Columns of the long form; −1 = the table is wide. */
  readonly metric: number;
  readonly value: number;
  readonly unit: number;
  readonly labels: readonly number[];
  readonly values: readonly number[];
}

const plainHeader = (cellText: string) =>
  cellText
    .trim()
    .toLowerCase()
    .replace(/[\s_-]/g, '');

/** Looks at the first lines of a text; undefined = not a table of metrics. */
export function planTable(head: string): TablePlan | undefined {
  const delimiter = delimiterOf(head);
  if (!delimiter) return undefined;
  const rows: string[][] = [];
  const reader = new CsvReader(delimiter, row => {
    rows.push(Array.from({ length: row.fields }, (_, i) => cell(row, i)));
  });
  reader.push(Buffer.from(head));
  if (rows.length < 2) reader.finish();
  const header = rows.shift();
  return header && rows.length > 0 ? planRows(header, rows, delimiter) : undefined;
}

function planRows(header: readonly string[], rows: readonly string[][], delimiter: TablePlan['delimiter']): TablePlan | undefined {
  if (header.length < 2 || header.every(text => text.trim() === '' || !Number.isNaN(Number(text)))) return undefined;
  const names = header.map(plainHeader);
  const sample = rows.slice(0, 400);
  const column = (i: number) => sample.map(row => (row[i] ?? '').trim());
  const times = (i: number, share = 0.9) => {
    const cells = column(i).filter(text => text !== '');
    return cells.length > 0 && cells.filter(text => !Number.isNaN(instantOf(text))).length >= cells.length * share;
  };
  const named = TIME_NAMES.map(name => names.indexOf(name)).filter(i => i >= 0);
  const time = named.find(i => times(i, 0.5)) ?? names.findIndex((_, i) => times(i));
  if (time < 0) return undefined;
  const records = sample.filter(row => row[time] !== header[time]);
  const dayFirst = column(time).some(text => Number(/^(\d{1,2})\/\d{1,2}\/\d{4}/.exec(text)?.[1]) > 12);
  // A first line that is itself a record is no header: this is a log whose stamps hold a comma.
  if (!Number.isNaN(instantOf(header[time]!)) || header.filter(text => /^\s*[-+]?\d/.test(text)).length > header.length / 2)
    return undefined;
  const base = { header, delimiter, time, dayFirst };
  const metric = METRIC_NAMES.map(name => names.indexOf(name)).find(i => i >= 0) ?? -1;
  const value = VALUE_NAMES.map(name => names.indexOf(name)).find(i => i >= 0) ?? -1;
  const others = names.map((_, i) => i).filter(i => i !== time);
  if (metric >= 0 && value >= 0) {
    const unit = UNIT_NAMES.map(name => names.indexOf(name)).find(i => i >= 0) ?? -1;
    const labels = others.filter(i => i !== metric && i !== value && i !== unit && names[i] !== '');
    return { ...base, metric, value, unit, labels, values: [] };
  }
  const values: number[] = [];
  const labels: number[] = [];
  for (const i of others) {
    const name = header[i]!.trim();
    if (name === '') continue;
    const cells = records.map(row => (row[i] ?? '').trim()).filter(text => !/^(nan|null|none|nil|n\/a|na|-)?$/i.test(text));
    const numbers = cells.filter(text => !Number.isNaN(Number(text)) || /^[-+]?inf/i.test(text)).length;
    const label = namesComponent(name) || NUMERIC_LABELS.test(name);
    if (numbers > 0 && numbers >= cells.length * 0.7 && !label) values.push(i);
    else if (cells.length === 0 && !label) values.push(i);
    else if (cells.length > 0 && TIME_NAMES.includes(names[i]!)) continue;
    else if (cells.length > 0 && LOG_COLUMNS.test(name)) return undefined;
    else if (cells.length > 0 || label) labels.push(i);
  }
  return values.length > 0 ? { ...base, metric: -1, value: -1, unit: -1, labels, values } : undefined;
}

/** Name, labels and unit that a header cell of the wide form stands for: `latency_seconds{service="cart"}`, `CpuUsage(m)`. */
export function headerCell(text: string): { name: string; labels: Record<string, string>; unit: string } {
  let name = text.trim();
  const labels: Record<string, string> = {};
  const braces = /^([^{]*)\{(.*)\}(.*)$/s.exec(name);
  if (braces) {
    for (const m of braces[2]!.matchAll(/([^\s=,{}"]+)\s*=~?\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^,}]*))/g)) {
      labels[m[1]!] = m[2] !== undefined ? m[2].replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c)) : (m[3] ?? m[4] ?? '').trim();
    }
    name = (braces[1]! + braces[3]!).trim();
    if (name === '') name = labels['__name__'] ?? text.trim();
    delete labels['__name__'];
  }
  const bracket = /^(.*\S)\s*[([]([^()[\]]{1,24})[)\]]$/.exec(name);
  if (bracket) {
    const unit = unitOf(bracket[2]!, bracket[1]!);
    if (unit !== '') return { name: bracket[1]!, labels, unit };
  }
  return { name, labels, unit: unitFromName(name) };
}

/** Reads the CSV of interfaces.md §1, long or wide, in one pass. */
export function metricsCsvReader(plan: TablePlan, options: TableOptions = {}): MetricsReader {
  const table = new SeriesTable(options.aliases, options.window);
  let rowReader = plan.metric >= 0 ? longRows(plan, table) : wideRows(plan, table);
  let first = true;
  let short = 0;
  let long = 0;
  let badTimes = 0;
  let badValues = 0;
  let width = plan.header.length;
  let lastTime = Number.NaN;
  let timeText = Buffer.alloc(0);
  const zone = options.zone;
  let active = plan;
  const timeOf = (row: CsvRow): number => {
    const from = row.start[active.time]!;
    const to = row.end[active.time]!;
    if (to - from === timeText.length && timeText.compare(row.bytes, from, to) === 0) return lastTime;
    timeText = Buffer.from(row.bytes.subarray(from, to));
    const number = numberIn(row.bytes, from, to);
    lastTime =
      Number.isNaN(number) || number < 1e8 || Number.isNaN(epochOr(number))
        ? instantOf(timeText.toString('utf8'), { zone, dayFirst: active.dayFirst })
        : epochOr(number);
    return lastTime;
  };
  const reader = new CsvReader(plan.delimiter, row => {
    if (first) {
      first = false;
      return;
    }
    if (row.fields !== width) {
      const again = sameHeader(row, active);
      if (again) {
        active = again;
        rowReader = again.metric >= 0 ? longRows(again, table) : wideRows(again, table);
        width = again.header.length;
        return;
      }
      if (row.fields < width) short++;
      else long++;
      if (row.fields <= active.time) {
        badTimes++;
        return;
      }
    }
    const t = timeOf(row);
    if (Number.isNaN(t)) {
      // The header again, where tables were put one behind the other.
      if (cell(row, active.time).trim() === active.header[active.time]!.trim()) return;
      badTimes++;
      return;
    }
    badValues += rowReader(row, t);
  });
  return {
    push: chunk => reader.push(chunk),
    finish: () => {
      reader.finish();
      const oddities: Oddities = [];
      if (short > 0)
        oddities.push(`${short} ${short === 1 ? 'row has' : 'rows have'} fewer fields than the header (missing cells are gaps)`);
      if (long > 0) oddities.push(`${long} ${long === 1 ? 'row has' : 'rows have'} more fields than the header (the surplus is left out)`);
      if (badTimes > 0)
        oddities.push(
          `${badTimes} ${badTimes === 1 ? 'row has' : 'rows have'} no readable time and ${badTimes === 1 ? 'is' : 'are'} left out`,
        );
      if (badValues > 0) oddities.push(`${badValues} ${badValues === 1 ? 'value is' : 'values are'} not a number (read as a gap)`);
      if (table.size >= MAX_SERIES) oddities.push(`it holds more than ${MAX_SERIES} series; the others are left out`);
      return { ...readSeries(table, options.hint), oddities };
    },
  };
}

/** The finished series of a table with what it saw of the file. */
export function readSeries(table: SeriesTable, hint?: Labels): Omit<ReadSeries, 'oddities'> {
  return { series: table.finish(hint), first: table.first, last: table.last, surplus: table.surplus };
}

function epochOr(value: number): number {
  return instantOf(value);
}

/** A second header in the middle of a file, with other columns. */
function sameHeader(row: CsvRow, plan: TablePlan): TablePlan | undefined {
  const header = Array.from({ length: row.fields }, (_, i) => cell(row, i));
  const time = header.findIndex(text => plainHeader(text) === plainHeader(plan.header[plan.time]!));
  if (time < 0) return undefined;
  const index = new Map(plan.header.map((text, i) => [text.trim(), i]));
  const kind = (text: string) => {
    const i = index.get(text.trim());
    if (i === undefined) return namesComponent(text) ? 'label' : 'value';
    return i === plan.metric
      ? 'metric'
      : i === plan.value
        ? 'long'
        : i === plan.unit
          ? 'unit'
          : plan.labels.includes(i)
            ? 'label'
            : 'value';
  };
  const kinds = header.map(kind);
  return {
    header,
    delimiter: plan.delimiter,
    time,
    dayFirst: plan.dayFirst,
    metric: kinds.indexOf('metric'),
    value: kinds.indexOf('long'),
    unit: kinds.indexOf('unit'),
    labels: header.map((_, i) => i).filter(i => i !== time && (kinds[i] === 'label' || (plan.metric >= 0 && kinds[i] === 'value'))),
    values: plan.metric >= 0 ? [] : header.map((_, i) => i).filter(i => i !== time && kinds[i] === 'value' && header[i]!.trim() !== ''),
  };
}

type RowReader = (row: CsvRow, t: number) => number;

function longRows(plan: TablePlan, table: SeriesTable): RowReader {
  const keyColumns = [plan.metric, ...(plan.unit >= 0 ? [plan.unit] : []), ...plan.labels];
  const keys = new Interner();
  const growing: (GrowingSeries | undefined)[] = [];
  let scratch = Buffer.alloc(1024);
  const names = plan.header.map(text => text.trim());
  return (row, t) => {
    let n = 0;
    for (const i of keyColumns) {
      if (i < row.fields) {
        const from = row.start[i]!;
        const to = row.end[i]!;
        if (n + (to - from) + 1 > scratch.length) scratch = Buffer.concat([scratch, Buffer.alloc(scratch.length + to - from)]);
        for (let k = from; k < to; k++) scratch[n++] = row.bytes[k]!;
      }
      if (n + 1 > scratch.length) scratch = Buffer.concat([scratch, Buffer.alloc(scratch.length)]);
      scratch[n++] = 0x1f;
    }
    const id = keys.idOf(scratch, 0, n);
    let series = growing[id];
    if (series === undefined) {
      if (table.size >= MAX_SERIES) return 0;
      const { name, labels, unit } = headerCell(cell(row, plan.metric));
      for (const i of plan.labels) {
        const text = cell(row, i).trim();
        if (text !== '') labels[names[i]!] = text;
      }
      const written = plan.unit >= 0 ? unitOf(cell(row, plan.unit), name) : '';
      series = table.series(name, labels, written || unit || undefined);
      growing[id] = series;
    }
    return addCell(series, row, plan.value, t);
  };
}

function wideRows(plan: TablePlan, table: SeriesTable): RowReader {
  const columns = plan.values.map(i => ({ i, ...headerCell(plan.header[i]!) }));
  const keys = new Interner();
  const groups: GrowingSeries[][] = [];
  const names = plan.header.map(text => text.trim());
  return (row, t) => {
    let id = 0;
    if (plan.labels.length > 0) {
      // The labels' bytes, joined, tell the group; a single label column needs no copy.
      if (plan.labels.length === 1) {
        const i = plan.labels[0]!;
        id = i < row.fields ? keys.idOf(row.bytes, row.start[i]!, row.end[i]!) : keys.idOf(row.bytes, 0, 0);
      } else {
        const joined = Buffer.from(plan.labels.map(i => cell(row, i)).join('\u001f'));
        id = keys.idOf(joined, 0, joined.length);
      }
    }
    let group = groups[id];
    if (group === undefined) {
      if (table.size >= MAX_SERIES) return 0;
      const shared: Record<string, string> = {};
      for (const i of plan.labels) {
        const text = cell(row, i).trim();
        if (text !== '') shared[names[i]!] = text;
      }
      group = columns.map(column => table.series(column.name, { ...shared, ...column.labels }, column.unit));
      groups[id] = group;
    }
    let bad = 0;
    for (let k = 0; k < columns.length; k++) bad += addCell(group[k]!, row, columns[k]!.i, t);
    return bad;
  };
}

/** Adds the cell; 1 when it is neither a number nor a gap. */
function addCell(series: GrowingSeries, row: CsvRow, i: number, t: number): number {
  if (i >= row.fields) {
    series.add(t, Number.NaN);
    return 0;
  }
  const v = numberIn(row.bytes, row.start[i]!, row.end[i]!);
  if (Number.isNaN(v)) {
    series.add(t, Number.NaN);
    return isGap(row.bytes, row.start[i]!, row.end[i]!) ? 0 : 1;
  }
  series.add(t, Number.isFinite(v) ? v : Number.NaN);
  return 0;
}
