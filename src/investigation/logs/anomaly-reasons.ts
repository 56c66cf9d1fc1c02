import type { LogGroup } from '../../analysis/logs/group-anomalies.ts';
import type { HeartbeatChange } from '../../analysis/logs/heartbeats.ts';
import type { ParameterChange } from '../../analysis/logs/parameter-change.ts';
import type { PeerOutlier } from '../../analysis/logs/peers.ts';
import type { SequenceChange } from '../../analysis/logs/sequence-change.ts';
import type { TemplateChange } from '../../analysis/logs/template-change.ts';
import { levelOf } from '../../model/log.ts';
import { formatInstant, type Millis } from '../../model/time.ts';
import type { LogAnomaly } from './log-anomalies.ts';

/** One sentence each: what happened, since when, how much, how unusual. */
export function frequencyReason(change: TemplateChange, group: LogGroup, since: Millis, p: number): string {
  const line = lineOf(group);
  const at = clockOf(since);
  switch (change.kind) {
    case 'new':
      return `${group.service} logs ${line} for the first time: ${times(change.after)} since ${at}${levelNote(group)}; ${rarity(p)}.`;
    case 'gone':
      return `${group.service} no longer logs ${line} since about ${at}: 0 in the window where ${about(change.expected)} are usual; ${rarity(p)}.`;
    case 'more':
      return `${group.service} logs ${line} more often since about ${at}: ${change.after} in the window where ${about(change.expected)} are usual (${factor(change.after / change.expected)})${levelNote(group)}; ${rarity(p)}.`;
    default:
      return `${group.service} logs ${line} less often since about ${at}: ${change.after} in the window where ${about(change.expected)} are usual; ${rarity(p)}.`;
  }
}

export function newErrorReason(group: LogGroup, since: Millis): string {
  const line = tells(group.text) || !group.example ? `the error ${quoted(group.text)}` : `errors like ${quoted(group.example)}`;
  return `${group.service} logs ${line} for the first time: ${times(group.after)} since ${clockOf(since)}; new lines come up in quiet time as well, but this one is an error.`;
}

export function temporalReason({ kind, period, seen, since }: HeartbeatChange, group: LogGroup, p: number): string {
  const line = lineOf(group);
  const usual = `it comes every ${duration(period)}`;
  if (kind === 'lost')
    return `${group.service} stopped logging ${line}: ${usual}, and nothing came for ${duration(seen)} after ${clockOf(since)}; ${rarity(p)}.`;
  if (kind === 'gap')
    return `${group.service} paused logging ${line}: ${usual}, but there was a gap of ${duration(seen)} after ${clockOf(since)}; ${rarity(p)}.`;
  return `${group.service} logs ${line} at another rhythm: ${usual} usually, every ${duration(seen)} now; ${rarity(p)}.`;
}

export function contentReason({ kind, name, type, value, before, after }: ParameterChange, group: LogGroup, p: number): string {
  const where = `in ${lineOf(group)} of ${group.service}`;
  if (kind === 'level') {
    const shown = (x: number): string => (type === 'duration' ? duration(x) : short(x));
    return `The parameter \`${name}\` ${where} ${after > before ? 'rose' : 'fell'}: its median is ${shown(after)}, usually ${shown(before)}; ${rarity(p)}.`;
  }
  return `The value "${clipped(value, 80)}" of \`${name}\` ${where} is in ${percent(after)} of the lines, usually ${percent(before)}; ${rarity(p)}.`;
}

export function contextReason({ peer, count, expected, direction }: PeerOutlier, group: LogGroup, p: number): string {
  return `${peer} logs ${lineOf(group)} ${direction === 'more' ? 'more' : 'less'} often than the other instances of ${group.service}: ${count} where its usual share gives ${about(expected)}${levelNote(group)}; ${rarity(p)}.`;
}

export function sequenceReason({ kind, after, event, before, now, broken }: SequenceChange, p: number): string {
  const counts = `in ${broken.length} units of work (${percent(now)}, usually ${percent(before)})`;
  const example = `; example ${broken[0]!.session}`;
  const a = stepName(after);
  const b = stepName(event);
  if (kind === 'missing') return `After ${a} the step ${b} is missing ${counts}; ${rarity(p)}${example}.`;
  if (kind === 'gap')
    return `Between ${a} and ${b} ${duration(broken[0]!.seen)} passed, usually ${duration(broken[0]!.usual)}, ${counts}; ${rarity(p)}${example}.`;
  if (kind === 'composition') return `Units of work log a mix of lines unlike any healthy one, ${counts}; ${rarity(p)}${example}.`;
  return `${after ? `After ${a}` : 'At the beginning'} comes ${event ? b : 'the end'}, which hardly ever happens, ${counts}; ${rarity(p)}${example}.`;
}

/** One line for what tells of the same event as another finding. */
export function alsoReason({
  service,
  what,
  template,
  example,
  before,
  after,
}: Pick<LogAnomaly, 'service' | 'what' | 'template' | 'example' | 'before' | 'after'>): string {
  const counted = typeof after === 'number' && Number.isInteger(after) && after > 1 ? ` ${after}×` : '';
  const usual = what === 'new' || typeof before !== 'number' ? '' : `, usually ${short(before)}`;
  return `${service} ${what.replaceAll('_', ' ')}${template ? ` ${quoted(tells(template.text) ? template.text : (example ?? template.text))}` : ''}${counted}${counted ? usual : ''}`;
}

/** Events of sequences are `service\0text`. */
export function eventParts(event: string): { service: string; text: string } {
  const [service = '', text = ''] = event.split('\0');
  return { service, text };
}

function stepName(event: string): string {
  const { service, text } = eventParts(event);
  return event ? `${quoted(text)} of ${service}` : 'the beginning';
}

function rarity(p: number): string {
  if (!(p > 1e-6)) return 'quiet windows show this less than once in a million';
  if (p > 0.3) return 'quiet windows show this as well';
  const one = 1 / p;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(one)) - 1);
  return `about one quiet window in ${(Math.round(one / step) * step).toLocaleString('en-US')} shows this`;
}

function levelNote({ severity }: LogGroup): string {
  const level = severity >= 13 ? levelOf(severity) : null;
  return level ? `, level ${level}` : '';
}

/** Letters of its own that a template must have to tell anything: `GET <*> <*>` of an access log does not. */
const TELLING = 12;

export function tells(template: string): boolean {
  return template.replaceAll('<*>', '').replace(/[^\p{L}]/gu, '').length >= TELLING;
}

/** The template, or where that tells nothing an example of its lines. */
function lineOf({ text, example }: LogGroup): string {
  return tells(text) || !example ? quoted(text) : `lines like ${quoted(example)}`;
}

function quoted(text: string): string {
  return `"${clipped(text, 160)}"`;
}

function clipped(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function about(expected: number): string {
  return expected < 0.05 ? 'none' : expected < 10 ? `about ${short(expected)}` : `about ${Math.round(expected)}`;
}

function factor(ratio: number): string {
  return Number.isFinite(ratio) ? `${short(ratio)} times as many` : 'none before';
}

function short(x: number): string {
  return String(Number(x.toPrecision(Math.abs(x) < 10 ? 2 : 3)));
}

function percent(share: number): string {
  const value = 100 * share;
  return value === 0 ? '0 %' : value < 0.1 ? 'under 0.1 %' : `${short(value)} %`;
}

function duration(ms: number): string {
  if (ms < 1000) return `${short(ms)} ms`;
  if (ms < 120_000) return `${short(ms / 1000)} s`;
  return ms < 7_200_000 ? `${short(ms / 60_000)} min` : `${short(ms / 3_600_000)} h`;
}

function clockOf(t: Millis): string {
  return Number.isFinite(t) ? formatInstant(Math.floor(t / 1000) * 1000) : 'an unknown time';
}
