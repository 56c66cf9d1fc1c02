import type { Channel } from '../analysis/rca/channels.ts';
import { entityOf } from '../analysis/rca/components.ts';
import { evidenceOnset } from '../analysis/rca/evidence-onset.ts';
import type { FaultKind } from '../analysis/rca/fault-kind.ts';
import type { LogRow } from '../analysis/rca/log-census.ts';
import type { Suspect } from '../analysis/rca/suspects.ts';
import type { Symptom } from '../analysis/rca/symptom.ts';
import type { Evidence, EvidenceId } from '../model/evidence.ts';
import type { JsonObject } from '../model/json.ts';
import { formatInstant, formatWindow, type Millis, type TimeWindow } from '../model/time.ts';
import type { Context } from '../model/tool.ts';
import { boundedSigmas } from './numbers.ts';
import type { Observed } from './observe.ts';

/** A sentence and what stands behind it. */
export interface Claim {
  readonly claim: string;
  readonly evidence: readonly EvidenceId[];
}

export interface Story {
  readonly observed: Observed;
  readonly window: TimeWindow;
  readonly onset: Millis;
  readonly symptom: Symptom | undefined;
  readonly context: Context;
}

/** Most claims for a cause: the strongest kinds of evidence, each once. */
const MOST_CLAIMS = 4;
/** Resources whose steadiness speaks against a cause of their kind. */
const STEADY_SIGMAS = 2;
/** Weaker evidence is too noisy to be dated. */
const LEAST_DATED_SIGMAS = 4;

/** What speaks for a suspect: its share of the symptom, then one sentence per kind of evidence, then a change made to it. */
export function claimsFor(suspect: Suspect, change: Claim | undefined, story: Story): Claim[] {
  const seen = new Set<string>();
  const channels = suspect.channels.filter(channel => {
    const kind = channel.log ? `log ${channel.log.change}` : channel.shift ? `metric ${channel.shift.column.role.kind}` : channel.name;
    return seen.has(kind) ? false : seen.add(kind);
  });
  return [
    ...(suspect.attribution ? [attributionClaim(suspect, story)] : []),
    ...channels
      .filter((channel, i) => i === 0 || channel.z >= STEADY_SIGMAS)
      .slice(0, MOST_CLAIMS)
      .map(channel => channelClaim(suspect.component, channel, story)),
    ...(change ? [change] : []),
  ];
}

function attributionClaim({ component, attribution }: Suspect, story: Story): Claim {
  const { share, excess } = attribution!;
  const { measure, entry } = story.symptom!;
  const what = measure === 'latency' ? 'extra time' : 'extra failures';
  const level =
    measure === 'latency'
      ? `${seconds(excess.before)} → ${seconds(excess.after)} a request`
      : `${percent(excess.before)} → ${percent(excess.after)} fail`;
  const where =
    component === entry
      ? `the entry ${entry} itself, no callee explains it`
      : `what no callee of ${component} explains is ${percent(share)} of the ${what} at ${entry}`;
  const observed = {
    measure: latencyMetric(component, measure, story) ?? measure,
    direction: measure === 'latency' || !isAvailability(component, story) ? 'up' : 'down',
  };
  return { claim: `${where}: ${level}`, evidence: evidence('metrics', component, observed, {}, story) };
}

/** The metric behind a component's latency or failures, so that a check can name it. */
function latencyMetric(component: string, measure: string, { observed }: Story): string | undefined {
  const kinds = measure === 'latency' ? ['latency'] : ['availability', 'errors'];
  return observed.seen.columns.find(column => column.component === component && kinds.includes(column.role.kind))?.metric;
}

function isAvailability(component: string, { observed }: Story): boolean {
  return observed.seen.columns.some(column => column.component === component && column.role.kind === 'availability');
}

export function channelClaim(component: string, channel: Channel, story: Story): Claim {
  const { shift, log, now = 0, before = 0 } = channel;
  const sigmas = `${rounded(boundedSigmas(channel.z))} σ beyond healthy time`;
  if (shift) {
    const { metric, unit, entity } = shift.column;
    const direction = shift.z > 0 ? 'up' : 'down';
    const values = { before: rounded(shift.before), after: rounded(shift.after) };
    const unitText = unit ? ` ${unit}` : '';
    return {
      claim: `${metric} of ${entity} went ${direction} from ${values.before} to ${values.after}${unitText} (${sigmas})`,
      evidence: evidence(
        'metrics',
        component,
        { subject: entity, measure: metric, direction, ...values },
        { metric, services: [entity] },
        story,
      ),
    };
  }
  if (log) {
    const { change, row, expected, seen } = log;
    const text = quote(row.text);
    const claim =
      change === 'new'
        ? `${text} appeared ${seen} times, never before`
        : change === 'missing'
          ? `${text} was written ${seen} times where the work done would give ${rounded(expected)}`
          : `${text} was written ${seen} times instead of ${rounded(expected)}`;
    const direction = change === 'new' ? 'new' : change === 'missing' ? (seen === 0 ? 'gone' : 'down') : 'up';
    const observed = { measure: 'records', direction, before: rounded(expected), after: seen };
    return {
      claim: `${claim} (${sigmas})`,
      evidence: evidence('logs', component, observed, logRequest(row), story),
    };
  }
  const measure = channel.name === 'failures' ? 'failures' : 'duration';
  const claim =
    channel.name === 'failures'
      ? `${component} fails by itself ${rounded(now)} times a request, before ${rounded(before)}`
      : channel.name === 'gap'
        ? `the way to ${component} costs ${rounded(now)} ms a request beyond its usual, before ${rounded(before)} ms`
        : `a request spends ${rounded(now)} ms in ${component} beyond its usual, before ${rounded(before)} ms`;
  const observed = { measure, direction: 'up', before: rounded(before), after: rounded(now) };
  return { claim: `${claim} (${sigmas})`, evidence: evidence('traces', component, observed, { services: [component] }, story) };
}

/** The portable query for the lines of a row. */
function logRequest({ component, template, site }: LogRow): JsonObject {
  if (!site) return { template, services: [component] };
  const where = [
    { field: 'logger', op: '=', value: site.logger },
    { field: 'line', op: '=', value: String(site.line) },
  ];
  return { where, services: [component] };
}

/** What speaks against a suspect: a close second, its steady resources, the entry's own innocence. */
export function claimsAgainst(suspect: Suspect, rival: Suspect | undefined, fault: FaultKind, story: Story): Claim[] {
  const claims: Claim[] = [];
  if (rival && rival.score > suspect.score / 2) {
    claims.push({
      claim: `${rival.component} is suspected too (score ${rounded(rival.score)} against ${rounded(suspect.score)})`,
      evidence: rival.channels[0] ? channelClaim(rival.component, rival.channels[0], story).evidence : [],
    });
  }
  const own = story.observed.seen.columns.filter(
    column => column.component === suspect.component && ['cpu', 'memory', 'disk'].includes(column.role.kind),
  );
  const moved = new Set(
    suspect.channels.filter(channel => channel.z >= STEADY_SIGMAS && channel.shift).map(channel => channel.shift!.column.role.kind),
  );
  const steady = [...new Set(own.map(column => column.role.kind))].filter(kind => !moved.has(kind) && kind !== fault);
  if (steady.length)
    claims.push({
      claim: `${steady.join(' and ')} of ${suspect.component} did not change`,
      evidence: evidence('metrics', suspect.component, {}, { services: [suspect.component] }, story),
    });
  if (suspect.component === story.symptom?.entry)
    claims.push({ claim: 'it is where the symptom shows; a cause below it may not be measured', evidence: [] });
  return claims;
}

/** One sentence that a person reads first. */
export function summaryOf(suspect: Suspect, fault: FaultKind, change: Claim | undefined, story: Story): string {
  const { symptom } = story;
  const strongest = suspect.channels[0] ? channelClaim(suspect.component, suspect.channels[0], story).claim : undefined;
  const attributed =
    suspect.attribution && symptom && suspect.attribution.share > 0.05
      ? `accounts for ${percent(suspect.attribution.share)} of the extra ${symptom.measure === 'latency' ? 'time' : 'failures'} at ${symptom.entry}`
      : undefined;
  const kind = fault === 'unknown' ? '' : ` (${fault})`;
  return `${suspect.component}${kind}: ${[attributed, strongest, change?.claim].filter(Boolean).join('; ')}.`;
}

/** From where the symptom shows to the cause, along the calls where they are known. */
export function chainTo(cause: Suspect, suspects: readonly Suspect[], entry: string | undefined, story: Story): JsonObject[] {
  const { paths, components } = story.observed;
  const start = entry !== undefined && paths.has(entry) ? entry : undefined;
  const way = (start === undefined ? undefined : paths.path(start, cause.component)) ??
    wayFromTop(cause.component, story) ?? [...new Set([entry, cause.component])];
  return way.flatMap((name): JsonObject[] => {
    if (name === undefined) return [];
    const suspect = suspects.find(one => one.component === name);
    const component = components.find(name) ?? { name, kind: 'service' as const };
    const excess = story.symptom?.excesses.find(one => one.component === name && one.z >= 3);
    const told = suspect?.channels[0]
      ? channelClaim(name, suspect.channels[0], story)
      : excess
        ? {
            claim:
              story.symptom!.measure === 'latency'
                ? `${name} takes ${seconds(excess.after)} instead of ${seconds(excess.before)}`
                : `${percent(excess.after)} of ${name} fail instead of ${percent(excess.before)}`,
            evidence: evidence('metrics', name, {}, { services: [name] }, story),
          }
        : { claim: `${name} is on the way, its own signs are not clear`, evidence: [] };
    const { kind, name: own } = entityOf(component);
    const onset = onsetOf(suspect, story);
    return [
      { entity: { kind, name: own }, onset: excess || suspect ? formatInstant(onset) : null, claim: told.claim, evidence: told.evidence },
    ];
  });
}

/** The shortest way from a component that nobody calls, when the entry is not known. */
function wayFromTop(component: string, { observed: { paths } }: Story): readonly string[] | undefined {
  return paths.entries
    .map(entry => paths.path(entry, component))
    .filter(way => way !== undefined)
    .sort((a, b) => a.length - b.length)[0];
}

/** When a suspect's own evidence began, by its strongest sign; the onset of the whole where that cannot be told. */
export function onsetOf(suspect: Suspect | undefined, { onset, window, observed }: Story): Millis {
  const [strongest] = suspect?.channels ?? [];
  if (!suspect || !strongest || strongest.z < LEAST_DATED_SIGMAS) return onset;
  return evidenceOnset(suspect.component, strongest, observed.seen, window) ?? onset;
}

/** Evidence of a component's signal with what was observed, wide enough that a check has something to compare with. */
export function evidence(
  signal: 'logs' | 'metrics' | 'traces',
  component: string,
  observed: JsonObject,
  request: JsonObject,
  story: Story,
): EvidenceId[] {
  const base: Evidence | undefined = story.observed.evidenceOf(signal, component);
  if (!base) return [];
  const { window, onset, context } = story;
  const wide = { start: Math.min(window.start, onset - (window.end - onset)), end: window.end };
  return [
    context.record({
      ...base,
      query: `${base.query.split(' [')[0]} · ${component} · ${formatWindow(wide)}`,
      window: wide,
      request: { services: [component], ...request, window: { start: wide.start, end: wide.end } },
      ...(Object.keys(observed).length ? { observed: { subject: component, at: formatInstant(onset), ...observed } } : {}),
    }),
  ];
}

export function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(3)) : 0;
}

export function percent(share: number): string {
  return `${rounded(100 * share)} %`;
}

export function seconds(value: number): string {
  return value < 1 ? `${rounded(1000 * value)} ms` : `${rounded(value)} s`;
}

function quote(text: string): string {
  const short = text.length > 120 ? `${text.slice(0, 117)}…` : text;
  return `"${short}"`;
}
