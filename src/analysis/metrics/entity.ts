import type { Entity, EntityKind, Labels } from '../../model/series.ts';
import { plainLabel, SPELLINGS } from './label-vocabulary.ts';

/** The names of a component in labels, most telling first. */
const NAMES: readonly (readonly [EntityKind, readonly string[]])[] = [
  ['pod', SPELLINGS.pod],
  ['function', SPELLINGS.function],
  ['queue', SPELLINGS.queue],
  ['table', SPELLINGS.table],
  ['database', SPELLINGS.database],
  ['service', SPELLINGS.service],
  ['container', SPELLINGS.container],
  ['node', SPELLINGS.node],
  ['host', SPELLINGS.host],
  ['instance', SPELLINGS.instance],
  ['service', SPELLINGS.job],
  ['endpoint', SPELLINGS.endpoint],
];

const RANK = new Map<string, number>();
for (const [rank, [, names]] of NAMES.entries()) for (const [i, name] of names.entries()) RANK.set(name, rank * 100 + i);

const POD = 0;
const SERVICE = NAMES.findIndex(([kind]) => kind === 'service');
const JOB = NAMES.findIndex(([, names]) => names === SPELLINGS.job);

/** True for a label that names a component, however it is spelled. */
export function namesComponent(label: string): boolean {
  return RANK.has(plainLabel(label));
}

/**
 * What a series or a stream is about. The most telling label wins; the service comes from its own label or, for a pod without one,
 * from the pod's name. `aliases` are the names that a bundle's manifest or the configuration gives to services.
 */
export function entityOf(labels: Labels, aliases?: Readonly<Record<string, string>>): Entity {
  const best: (string | undefined)[] = [];
  const order: number[] = [];
  for (const key in labels) {
    const value = labels[key];
    if (!value) continue;
    const rank = RANK.get(plainLabel(key));
    if (rank === undefined) continue;
    const group = Math.floor(rank / 100);
    if (best[group] === undefined || rank < order[group]!) {
      best[group] = value;
      order[group] = rank;
    }
  }
  const pod = best[POD];
  const named = best[SERVICE] ?? (pod === undefined ? undefined : serviceOfPod(pod));
  const group = best.findIndex(value => value !== undefined);
  if (group < 0) return { kind: 'unknown', name: '' };
  const kind = NAMES[group]![0];
  const value = best[group]!;
  if (kind === 'service') return { kind, name: alias(value, aliases), service: alias(value, aliases) };
  // A scrape job owns the instances it names, but not the pods and machines that an exporter tells about.
  const service = named ?? (kind === 'instance' ? best[JOB] : aliases?.[value]);
  // An instance that no job and no service owns is the machine an exporter runs on.
  if (kind === 'instance' && service === undefined && /^[^:]+:\d+$/.test(value))
    return { kind: 'host', name: value.slice(0, value.lastIndexOf(':')) };
  return service === undefined ? { kind, name: value } : { kind, name: value, service: alias(service, aliases) };
}

function alias(name: string, aliases: Readonly<Record<string, string>> | undefined): string {
  return aliases && Object.hasOwn(aliases, name) ? aliases[name]! : name;
}

/** Letters and digits that Kubernetes uses in generated names: no vowels, no 0, 1 and 3. */
const GENERATED = '[bcdfghjklmnpqrstvwxz2456789]';
const DEPLOYMENT_POD = new RegExp(`^(.+)-(?=[a-z0-9]*\\d)[a-z0-9]{6,10}-${GENERATED}{5}$`);
const DAEMON_POD = new RegExp(`^(.+)-(?=[a-z]*\\d)${GENERATED}{5}$`);
const STATEFUL_POD = /^(.+)-\d{1,3}$/;

/** A pod's service by the way Kubernetes names pods; undefined when the name does not look like a pod's. */
export function serviceOfPod(pod: string): string | undefined {
  return (DEPLOYMENT_POD.exec(pod) ?? DAEMON_POD.exec(pod) ?? STATEFUL_POD.exec(pod))?.[1];
}
