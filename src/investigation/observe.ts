import { templateMiner } from '../analysis/logs/templates/miner.ts';
import { commonInstants } from '../analysis/metrics/common-instants.ts';
import { type CallPaths, callPaths } from '../analysis/rca/call-paths.ts';
import type { Observations } from '../analysis/rca/channels.ts';
import { type Column, columnsOf } from '../analysis/rca/columns.ts';
import { type Components, components } from '../analysis/rca/components.ts';
import { type Flow, flowsOf } from '../analysis/rca/flow.ts';
import { type LogRow, logCensus } from '../analysis/rca/log-census.ts';
import { type Grid, sumOfTallies, type Tally } from '../analysis/rca/tally.ts';
import { traceEvidence } from '../analysis/rca/trace-evidence.ts';
import { callGraph } from '../analysis/traces/call-graph.ts';
import { mergeTopology } from '../knowledge/topology.ts';
import type { Note } from '../model/answer.ts';
import type { Alert, Change, Edge } from '../model/event.ts';
import type { Evidence } from '../model/evidence.ts';
import type { SpanBatch } from '../model/span.ts';
import type { TimeWindow } from '../model/time.ts';
import type { Context } from '../model/tool.ts';
import { eachAlertOnce } from './alerts.ts';
import { askEach, distinctNotes, type FanOut } from './fan-out.ts';
import { scanLogs } from './logs/scan-logs.ts';
import { nameHosts } from './name-hosts.ts';

/** Everything that was looked at for one investigation, as columns by component. */
export interface Observed {
  readonly seen: Observations;
  readonly components: Components;
  readonly flows: readonly Flow[];
  readonly paths: CallPaths;
  readonly alerts: readonly Alert[];
  readonly changes: readonly Change[];
  readonly records: number;
  readonly spans: number;
  /** Where each signal of a component came from; the first source that had it. */
  evidenceOf(signal: 'logs' | 'metrics' | 'traces' | 'alerts' | 'changes', component?: string): Evidence | undefined;
  readonly notes: readonly Note[];
}

const BUCKET_MS = 10_000;
/** Changes this long before the window may have caused what it shows. */
const CHANGES_BEFORE_MS = 3_600_000;

/**
 * Asks all sources side by side. Of logs only counts are kept, so that memory does not grow with them.
 * @param window what is under suspicion
 * @param reach what is read: the window, its history and named baselines
 * @param inPart is given, before the logs are read, how to see what all the rest showed
 */
export async function observe(
  window: TimeWindow,
  reach: readonly TimeWindow[],
  healthy: readonly TimeWindow[],
  context: Context,
  inPart: (soFar: () => Observed) => void = () => {},
): Promise<Observed> {
  const { sources } = context;
  const whole = { start: Math.min(...reach.map(one => one.start)), end: Math.max(...reach.map(one => one.end)) };
  const known = components();
  const evidence = new Map<string, Evidence>();
  const from = (signal: string, component: string, found: Evidence): void => {
    for (const key of [`${signal}\0${component}`, `${signal}\0`]) if (!evidence.has(key)) evidence.set(key, found);
  };
  const within = (t: number): boolean => reach.some(one => t >= one.start && t < one.end);

  context.progress(0, 5, 'topology, alerts and changes');
  const events = { window: { start: window.start - CHANGES_BEFORE_MS, end: window.end } };
  const [catalog, topology, alerts, changes] = await Promise.all([
    askEach(
      sources,
      source => source.catalog,
      port => port.read(context),
      context,
    ),
    askEach(
      sources,
      source => source.topology,
      port => port.read(context),
      context,
    ),
    askEach(
      sources,
      source => source.alerts,
      port => port.query(events, context),
      context,
    ),
    askEach(
      sources,
      source => source.changes,
      port => port.query(events, context),
      context,
    ),
  ]);
  for (const { answer } of alerts.answers) from('alerts', '', answer.evidence);
  for (const { answer } of changes.answers) from('changes', '', answer.evidence);
  const edges: Edge[] = [];
  for (const { answer } of topology.answers) {
    for (const node of answer.data.nodes) known.declare(node.id, 'service');
    edges.push(...answer.data.edges);
  }

  context.progress(1, 5, 'metrics');
  const metrics = await askEach(
    sources,
    source => source.metrics,
    port => port.query({ window: whole }, context),
    context,
  );
  const columns: Column[] = [];
  // Before traces are read: they name a callee by its host, which only the labels of its metrics tie to a service.
  const measured = metrics.answers.flatMap(({ answer }) => answer.data);
  nameHosts(measured, known);
  const move = commonInstants(measured, whole.end);
  for (const { answer } of metrics.answers) {
    const found = columnsOf(answer.data.map(move), series => known.add(series.entity.name, series.entity.kind, series.entity.service).name);
    for (const column of found) from('metrics', column.component, answer.evidence);
    columns.push(...found.map(column => withinReach(column, within)));
  }

  context.progress(2, 5, 'traces');
  const traces = await askEach(
    sources,
    source => source.traces,
    port => port.query({ window: whole }, context),
    context,
  );
  const grid: Grid = { start: whole.start, step: BUCKET_MS, length: Math.ceil((whole.end - whole.start) / BUCKET_MS) };
  const rootStart = new Map<string, number>();
  const parts = traces.answers.map(({ answer }) => {
    const spans = answer.data;
    for (let i = 0; i < spans.length; i++) {
      from('traces', known.add(spans.service[i]!, 'service').name, answer.evidence);
      if (!rootStart.has(spans.traceId[i]!)) rootStart.set(spans.traceId[i]!, spans.start[i]!);
    }
    const span = (i: number): string => known.add(spans.service[i]!, 'service').name;
    const peer = (i: number): string | undefined => peerOf(spans, i, known);
    for (let i = 0; i < spans.length; i++) {
      const name = peer(i);
      if (name) from('traces', name, answer.evidence);
    }
    edges.push(...callGraph(spans, span).map(edge => ({ ...edge, to: known.find(edge.to)?.name ?? edge.to })));
    return traceEvidence(spans, grid, { span, peer }, t => healthy.some(one => t >= one.start && t < one.end) || t < window.start);
  });

  // What the catalog says somebody once wrote: it counts only where nothing was seen or drawn.
  const entries = catalog.answers.flatMap(({ answer }) => answer.data.entries);
  const isKnown = (from: string, to: string) => edges.some(edge => edge.from === from && edge.to === to);
  for (const { from, to, kind } of mergeTopology([], entries).edges) {
    const [caller, callee] = [known.find(from)?.name, known.find(to)?.name];
    if (caller && callee && !isKnown(caller, callee) && !isKnown(callee, caller))
      edges.push({ from: caller, to: callee, kind, origin: 'catalog' });
  }

  const traceColumns = parts.flatMap(part => part.columns);
  const observed = (logs: FanOut<null>, rows: readonly LogRow[], covered: Tally): Observed => ({
    seen: {
      grid,
      columns,
      logRows: rows,
      traces: traceColumns,
      roots: sumOfTallies(parts.map(part => part.roots)),
      rootTime: sumOfTallies(parts.map(part => part.rootTime)),
      exposureOf: exposure(traceColumns, covered),
    },
    components: known,
    flows: flowsOf(columns),
    paths: callPaths(
      edges.map(edge => ({ ...edge, from: known.find(edge.from)?.name ?? edge.from, to: known.find(edge.to)?.name ?? edge.to })),
    ),
    alerts: eachAlertOnce(alerts.answers.map(({ source, answer }) => ({ from: source.id, alerts: answer.data }))).map(({ alert }) => alert),
    changes: changes.answers.flatMap(({ answer }) => answer.data),
    records,
    spans: traces.answers.reduce((sum, { answer }) => sum + answer.data.length, 0),
    evidenceOf: (signal, component = '') => evidence.get(`${signal}\0${component}`) ?? evidence.get(`${signal}\0`),
    notes: distinctNotes([catalog, topology, alerts, changes, traces, metrics, logs].flatMap(found => found.notes)),
  });

  context.progress(3, 5, 'logs');
  const census = logCensus(grid, templateMiner());
  let records = 0;
  // Counts of half the logs would compare half-read time with whole time, so that they stay out of an answer in part.
  inPart(() => observed({ answers: [], notes: [LOGS_UNREAD], asked: 0, failed: 0 }, [], census.covered()));
  const ofFive: Context = { ...context, progress: (_, __, text) => context.progress(3, 5, text) };
  const logs = await scanLogs({ window: whole }, ofFive, batch => {
    records += batch.length;
    census.add(
      batch,
      i =>
        batch.service[i] || batch.instance[i]
          ? known.add(batch.service[i] || batch.instance[i]!, batch.service[i] ? 'service' : 'pod').name
          : undefined,
      i => rootStart.get(batch.traceId[i]!) ?? batch.t[i]!,
    );
  });
  const logRows = census.rows();
  for (const row of logRows) for (const { answer } of logs.answers) from('logs', row.component, answer.evidence);
  context.progress(4, 5, 'analysis');
  return observed(logs, logRows, census.covered());
}

const LOGS_UNREAD: Note = {
  kind: 'not_looked_at',
  what: 'logs',
  text: 'The logs are still being read: this ranking is from metrics, traces, alerts and changes alone.',
  remedy: 'Call again with continue_id.',
};

/** The component a client span waits for when that has no spans of its own. */
function peerOf(spans: SpanBatch, i: number, known: Components): string | undefined {
  const peer = spans.peer[i]!;
  return peer ? known.add(peer, 'unknown').name : undefined;
}

function withinReach(column: Column, within: (t: number) => boolean): Column {
  const rows: number[] = [];
  for (let i = 0; i < column.t.length; i++) if (within(column.t[i]!)) rows.push(i);
  if (rows.length === column.t.length) return column;
  return { ...column, t: Float64Array.from(rows, i => column.t[i]!), v: Float64Array.from(rows, i => column.v[i]!) };
}

/**
 * Work done, against which counts of lines are held: a component's spans where it has some, else the time that the logs cover. Both are
 * what was recorded, so that a gap in the recording is no missing line.
 */
function exposure(traces: Observations['traces'], covered: Tally): (component: string) => Tally {
  const spans = new Map(traces.map(trace => [trace.component, trace.work]));
  return component => spans.get(component) ?? covered;
}

/** Whether there is nothing to look at. */
export function isBlind({ records, spans, seen }: Pick<Observed, 'records' | 'spans' | 'seen'>): boolean {
  return records + spans + seen.columns.length === 0;
}
