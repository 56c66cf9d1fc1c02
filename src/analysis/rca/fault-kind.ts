import type { ChangeKind } from '../../model/event.ts';
import type { Channel } from './channels.ts';
import type { SignalKind } from './signals.ts';

export type FaultKind =
  | 'cpu'
  | 'memory'
  | 'disk'
  | 'network'
  | 'lock'
  | 'pool'
  | 'traffic'
  | 'configuration'
  | 'deploy'
  | 'code'
  | 'dependency'
  | 'data'
  | 'certificate'
  | 'unknown';

/** What messages say when something specific is broken; the first that matches wins, so the telling ones stand first. */
const SAID: readonly (readonly [FaultKind, RegExp])[] = [
  ['certificate', /certificate|CERT_|x509|unable to verify|ssl handshake|tls handshake|SSL_do_handshake/i],
  ['disk', /no space left|ENOSPC|disk (?:is )?full|disk quota|could not extend file|read-only file ?system/i],
  ['memory', /out of memory|OutOfMemory|\bOOM\b|heap (?:limit|out|space)|cannot allocate memory|killed process|maxmemory/i],
  ['lock', /deadlock|lock wait|waiting for \w*lock|still waiting for|could not obtain lock|lock timeout|acquired \w*lock/i],
  [
    'pool',
    /(?:connection )?pool (?:is |was )?(?:exhausted|timeout|full)|too many (?:connections|clients)|connection slots|when trying to connect|timed out waiting for (?:a |available )?connection/i,
  ],
  [
    'network',
    /ECONNRESET|connection reset|EHOSTUNREACH|no route to host|network is unreachable|ENOTFOUND|EAI_AGAIN|name resolution|no such host|broken pipe/i,
  ],
  [
    'dependency',
    /ECONNREFUSED|connection refused|upstream (?:unavailable|prematurely)|service unavailable|failed to connect|server closed the connection/i,
  ],
  [
    'configuration',
    /invalid (?:configuration|config|setting|value for)|missing (?:required )?(?:environment|env|configuration)|unknown (?:option|parameter|host setting)|permission denied|access denied|unauthori[sz]ed|forbidden/i,
  ],
  [
    'code',
    /TypeError|ReferenceError|NullPointer|IndexOutOf|is not a function|undefined method|AttributeError|KeyError|panic:|segmentation fault|assertion|unhandled|uncaught|nil pointer/i,
  ],
  ['data', /constraint|duplicate key|invalid input syntax|malformed|parse error|corrupt|checksum|schema/i],
];

const BY_SIGNAL: Readonly<Partial<Record<SignalKind, FaultKind>>> = {
  cpu: 'cpu',
  memory: 'memory',
  disk: 'disk',
  network: 'network',
  pool: 'pool',
  lock: 'lock',
  queue: 'code',
  up: 'dependency',
};

const BY_CHANGE: Readonly<Partial<Record<ChangeKind, FaultKind>>> = { config: 'configuration', flag: 'configuration', deploy: 'deploy' };

/** A resource must be this much of the strongest evidence to name the fault. */
const TELLING_SHARE = 0.5;

/**
 * What kind of fault the evidence of one component speaks of: what its messages say by name, then the resource that moved most, then
 * a change that was made to it just before, then the way it shows (slow on the way: network; lines missing, new or failing: code).
 * @param channels strongest first
 * @param messages texts of the failing messages of the component and of those who call it
 * @param change what was changed at the component just before the onset
 * @returns `unknown` without any channel
 * @example faultKind([], [], undefined) // => 'unknown'
 */
export function faultKind(channels: readonly Channel[], messages: readonly string[], change: ChangeKind | undefined): FaultKind {
  for (const [kind, pattern] of SAID) if (messages.some(text => pattern.test(text))) return kind;
  const strongest = channels[0];
  const resource = channels.find(channel => channel.shift && BY_SIGNAL[channel.shift.column.role.kind]);
  if (resource && strongest && Math.log1p(resource.z) >= TELLING_SHARE * Math.log1p(strongest.z))
    return BY_SIGNAL[resource.shift!.column.role.kind]!;
  const changed = change && BY_CHANGE[change];
  if (changed) return changed;
  if (!strongest) return 'unknown';
  if (strongest.name === 'gap') return 'network';
  return strongest.name === 'log' || strongest.name === 'failures' ? 'code' : 'unknown';
}
