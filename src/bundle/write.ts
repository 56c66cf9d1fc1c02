import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { SreError } from '../model/errors.ts';
import type { Alert, Change, Topology } from '../model/event.ts';
import type { JsonObject } from '../model/json.ts';
import type { LogBatch } from '../model/log.ts';
import type { Labels, Series } from '../model/series.ts';
import type { SpanBatch } from '../model/span.ts';
import { formatInstant, formatWindow, type TimeWindow } from '../model/time.ts';
import { contentHash } from '../runtime/hash.ts';

export interface BundleManifest {
  readonly title?: string;
  readonly zone?: string;
  readonly healthy?: readonly TimeWindow[];
}

/** Writes the parts of an incident bundle (interfaces.md §1) in forms that read back without loss. */
export interface BundleWriter {
  manifest(manifest: BundleManifest): Promise<void>;
  /** May be called again and again: records are appended to the file of their service and instance. */
  logs(batch: LogBatch): Promise<void>;
  metrics(series: readonly Series[]): Promise<void>;
  spans(batch: SpanBatch): Promise<void>;
  alerts(alerts: readonly Alert[]): Promise<void>;
  changes(changes: readonly Change[]): Promise<void>;
  topology(topology: Topology): Promise<void>;
  /** Names of the files written, below the folder. */
  files(): readonly string[];
}

export interface BundleWriterOptions {
  /** Applied to every text value before it is written. @default unchanged */
  redact?(text: string): string;
}

/** A writer into a new or empty folder; another one is refused, so that no two recordings mix. */
export async function bundleWriter(folder: string, options: BundleWriterOptions = {}): Promise<BundleWriter> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new SreError('invalid_argument', `The folder ${JSON.stringify(folder)} is not empty.`, { hint: 'Give --out a new folder.' });
  }
  const redact = options.redact ?? (text => text);
  const written = new Set<string>();
  const append = async (name: string, text: string) => {
    if (!written.has(name)) {
      await mkdir(join(folder, dirname(name)), { recursive: true });
      written.add(name);
    }
    await appendFile(join(folder, name), text);
  };
  return {
    async manifest({ title, zone, healthy }) {
      const fields = {
        ...(title && { title: redact(title) }),
        ...(zone && { zone }),
        ...(healthy && healthy.length > 0 && { healthy: healthy.map(formatWindow) }),
      };
      written.add('bundle.yaml');
      await writeFile(join(folder, 'bundle.yaml'), stringify(fields));
    },
    async logs(batch) {
      const groups = new Map<string, number[]>();
      for (let i = 0; i < batch.length; i++) {
        const key = `${batch.service[i]}\u0001${batch.instance[i]}`;
        const rows = groups.get(key);
        if (rows) rows.push(i);
        else groups.set(key, [i]);
      }
      for (const [key, rows] of groups) {
        const [service = '', instance = ''] = key.split('\u0001');
        await append(
          `logs/${fileName(service || 'unknown')}/${fileName(instance || 'all')}.jsonl`,
          `${JSON.stringify(otlpLogs(batch, rows, redact))}\n`,
        );
      }
    },
    async metrics(series) {
      const byName = new Map<string, Series[]>();
      for (const one of series) byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
      for (const [name, list] of byName) await append(`metrics/${fileName(name)}.csv`, csv(name, list, redact));
    },
    async spans(batch) {
      const AT_ONCE = 500;
      for (let from = 0; from < batch.length; from += AT_ONCE) {
        await append('traces/spans.jsonl', `${JSON.stringify(otlpSpans(batch, from, Math.min(from + AT_ONCE, batch.length), redact))}\n`);
      }
    },
    async alerts(alerts) {
      for (const { id, name, start, end, severity, summary, labels, metric, statistic, service } of alerts) {
        const named = { ...labels, ...(service && { service }), ...(metric && { metric }), ...(statistic && { statistic }) };
        const plain = {
          id,
          name: redact(name),
          startsAt: formatInstant(start),
          ...(end !== undefined && { endsAt: formatInstant(end) }),
          ...(severity && { severity }),
          labels: redacted(named, redact),
          ...(summary && { annotations: { summary: redact(summary) } }),
        };
        await append('alerts/alerts.jsonl', `${JSON.stringify(plain)}\n`);
      }
    },
    async changes(changes) {
      for (const { time, summary, author, url, ...rest } of changes) {
        const plain = {
          time: formatInstant(time),
          ...rest,
          summary: redact(summary),
          ...(author && { author: redact(author) }),
          ...(url && { url: redact(url) }),
        };
        await append('changes/changes.jsonl', `${JSON.stringify(plain)}\n`);
      }
    },
    async topology({ nodes, edges }) {
      const plain = { nodes, edges: edges.map(({ from, to, kind }) => ({ from, to, kind })) };
      written.add('topology/topology.json');
      await mkdir(join(folder, 'topology'), { recursive: true });
      await writeFile(join(folder, 'topology/topology.json'), `${JSON.stringify(plain, undefined, 1)}\n`);
    },
    files: () => [...written].sort(),
  };
}

/** A name that is safe as a file's; what had to be changed is kept apart by a hash. */
function fileName(name: string): string {
  const safe = name
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 100);
  return safe === name ? safe : `${safe}-${contentHash(6, name)}`;
}

function redacted(labels: Labels, redact: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, redact(value)]));
}

/** Labels whose names the table needs for itself go into the metric's cell, in braces. */
const TAKEN = /^(?:time|timestamp|ts|date|datetime|metric|name|metricname|__name__|measurement|value|val|metricvalue|units?)$/;

function csv(name: string, series: readonly Series[], redact: (text: string) => string): string {
  const taken = (label: string) => TAKEN.test(label.toLowerCase().replace(/[\s_-]/g, '')) || label.trim() !== label || label === '';
  const columns = [...new Set(series.flatMap(one => Object.keys(one.labels).filter(label => !taken(label))))].sort();
  const lines = [['time', 'metric', 'value', 'unit', ...columns].map(quoted).join(',')];
  for (const { labels, unit, t, v } of series) {
    const inside = Object.keys(labels).filter(taken);
    const braces = inside.map(label => `${label}="${redact(labels[label]!).replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`).join(',');
    const metric = quoted(inside.length > 0 ? `${name}{${braces}}` : name);
    const rest = [unit, ...columns.map(label => redact(labels[label] ?? ''))].map(quoted).join(',');
    for (let i = 0; i < t.length; i++) lines.push(`${epoch(t[i]!)},${metric},${Number.isNaN(v[i]!) ? '' : v[i]},${rest}`);
  }
  return `${lines.join('\n')}\n`;
}

/** RFC 3339 where whole ms suffice, else epoch ms with its fraction. */
function epoch(t: number): string {
  return Number.isInteger(t) ? formatInstant(t) : String(t);
}

function quoted(text: string): string {
  return /[",\n\r;]|^\s|\s$/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

function nanos(t: number): string {
  const ms = Math.floor(t);
  const rest = Math.round((t - ms) * 1e6);
  return rest === 1e6 ? `${ms + 1}000000` : `${ms}${String(rest).padStart(6, '0')}`;
}

const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });

function resource(service: string, instance: string) {
  return {
    attributes: [
      ...(service === '' ? [] : [attribute('service.name', service)]),
      ...(instance === '' ? [] : [attribute('service.instance.id', instance)]),
    ],
  };
}

function otlpLogs(batch: LogBatch, rows: readonly number[], redact: (text: string) => string) {
  const first = rows[0]!;
  const logRecords = rows.map(i => ({
    ...(!Number.isNaN(batch.t[i]!) && { timeUnixNano: nanos(batch.t[i]!) }),
    ...(!Number.isNaN(batch.observed[i]!) && { observedTimeUnixNano: nanos(batch.observed[i]!) }),
    ...(batch.severity[i] !== 0 && { severityNumber: batch.severity[i] }),
    ...(batch.severityText[i] !== '' && { severityText: batch.severityText[i] }),
    body: { stringValue: redact(batch.body[i]!) },
    ...(batch.attributes[i] && { attributes: otlpAttributes(batch.attributes[i]!, redact) }),
    ...(batch.traceId[i] !== '' && { traceId: batch.traceId[i] }),
    ...(batch.spanId[i] !== '' && { spanId: batch.spanId[i] }),
  }));
  return { resourceLogs: [{ resource: resource(batch.service[first]!, batch.instance[first]!), scopeLogs: [{ scope: {}, logRecords }] }] };
}

function otlpAttributes(attributes: JsonObject, redact: (text: string) => string) {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: otlpValue(value, redact) }));
}

function otlpValue(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return { stringValue: redact(value) };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(one => otlpValue(one, redact)) } };
  if (typeof value === 'object' && value !== null) return { kvlistValue: { values: otlpAttributes(value as JsonObject, redact) } };
  return {};
}

function otlpSpans(batch: SpanBatch, from: number, to: number, redact: (text: string) => string) {
  const groups = new Map<string, object[]>();
  for (let i = from; i < to; i++) {
    const key = `${batch.service[i]}\u0001${batch.instance[i]}`;
    const spans = groups.get(key) ?? [];
    groups.set(key, spans);
    const parent = batch.parent[i]!;
    // A parent that was not recorded stays unknown: an id that no span has.
    const parentSpanId = parent >= 0 ? batch.spanId[parent]! : parent === -2 ? `missing-${batch.spanId[i]}` : undefined;
    spans.push({
      traceId: batch.traceId[i],
      spanId: batch.spanId[i],
      ...(parentSpanId !== undefined && { parentSpanId }),
      name: redact(batch.name[i]!),
      kind: batch.kind[i],
      startTimeUnixNano: nanos(batch.start[i]!),
      endTimeUnixNano: nanos(batch.start[i]! + batch.duration[i]!),
      ...(batch.peer[i] !== '' && { attributes: [attribute('peer.service', batch.peer[i]!)] }),
      ...(batch.failed[i] === 1 && { status: { code: 2, message: redact(batch.error[i]!) } }),
    });
  }
  const resourceSpans = [...groups].map(([key, spans]) => {
    const [service = '', instance = ''] = key.split('\u0001');
    return { resource: resource(service, instance), scopeSpans: [{ scope: {}, spans }] };
  });
  return { resourceSpans };
}
