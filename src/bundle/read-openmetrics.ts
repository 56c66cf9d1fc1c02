import { unitFromName, unitOf } from '../analysis/metrics/unit-spelling.ts';
import type { TimeWindow } from '../model/time.ts';
import { epochMillis } from './instant.ts';
import { type MetricsReader, type Oddities, readSeries } from './read-metrics-csv.ts';
import { type Aliases, type GrowingSeries, SeriesTable } from './series-table.ts';

export interface ExpositionOptions {
  readonly aliases?: Aliases | undefined;
  readonly window?: TimeWindow | undefined;
  /** Time of samples that carry none: a scrape was saved at some moment. */
  readonly fallbackTime: number;
  readonly hint?: Readonly<Record<string, string>> | undefined;
}

const SAMPLE = /^([^\s{]+)(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?\s+(\S+)(?:\s+(-?[\d.eE+]+))?/;

/** Prometheus' text format and OpenMetrics, with or without times, in one pass. */
export function openMetricsReader(options: ExpositionOptions): MetricsReader {
  const table = new SeriesTable(options.aliases, options.window);
  const types = new Map<string, string>();
  const units = new Map<string, string>();
  const known = new Map<string, GrowingSeries>();
  const decoder = new TextDecoder();
  let rest = '';
  let bad = 0;
  let timeless = 0;
  const read = (line: string) => {
    if (line === '') return;
    if (line[0] === '#') {
      const m = /^#\s+(TYPE|UNIT)\s+(\S+)\s+(\S+)/.exec(line);
      if (m) (m[1] === 'TYPE' ? types : units).set(m[2]!, m[3]!);
      return;
    }
    const m = SAMPLE.exec(line);
    const value = m ? numberOf(m[3]!) : undefined;
    if (!m || value === undefined) {
      bad++;
      return;
    }
    const key = m[1]! + (m[2] ?? '');
    let series = known.get(key);
    if (!series) {
      const name = m[1]!;
      const family = types.has(name) ? name : name.replace(/_(?:total|count|sum|bucket|created|info)$/, '');
      const type = types.get(family) ?? types.get(name);
      const counts = type === 'counter' || (name !== family && (type === 'histogram' || type === 'summary'));
      const unit = units.get(family);
      series = table.series(
        name,
        labelsIn(m[2] ?? ''),
        /_(?:count|bucket)$/.test(name) ? '1' : unit ? unitOf(unit, name) : unitFromName(name),
        type === undefined ? undefined : counts ? 'counter' : 'gauge',
      );
      known.set(key, series);
    }
    let t = options.fallbackTime;
    if (m[4] !== undefined) {
      // OpenMetrics writes seconds, the older format ms: their magnitudes do not meet.
      t = epochMillis(Number(m[4]));
      if (Number.isNaN(t)) {
        bad++;
        return;
      }
    } else timeless++;
    series.add(t, Number.isFinite(value) ? value : Number.NaN);
  };
  return {
    push(chunk) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop()!;
      for (const line of lines) read(line.trim());
    },
    finish() {
      read((rest + decoder.decode()).trim());
      rest = '';
      const oddities: Oddities = [];
      if (bad > 0) oddities.push(`${bad} ${bad === 1 ? 'line is' : 'lines are'} no sample and left out`);
      if (timeless > 0) oddities.push(`${timeless} samples carry no time; the file's time of change stands for it`);
      return { ...readSeries(table, options.hint), oddities };
    },
  };
}

function numberOf(text: string): number | undefined {
  if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text)) return Number(text);
  if (/^nan$/i.test(text)) return Number.NaN;
  return /^[-+]?inf(?:inity)?$/i.test(text) ? (text[0] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : undefined;
}

function labelsIn(braces: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const m of braces.matchAll(/([^\s=,{}"]+)\s*=\s*"((?:[^"\\]|\\.)*)"/g))
    labels[m[1]!] = m[2]!.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
  return labels;
}
