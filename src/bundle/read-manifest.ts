import { parse } from 'yaml';
import type { TimeWindow } from '../model/time.ts';
import { instantOf } from './instant.ts';

/** `bundle.yaml`: what cannot be seen in the data themselves. Never the cause. */
export interface Manifest {
  readonly title?: string;
  /** IANA zone of times that carry none. */
  readonly zone?: string;
  /** Known good windows. */
  readonly healthy: readonly TimeWindow[];
  /** Other name → service. */
  readonly aliases: Readonly<Record<string, string>>;
  /** What could not be understood, as parts of a sentence. */
  readonly oddities: readonly string[];
}

/** Reads a manifest; text that is no YAML gives an empty one that says so. */
export function readManifest(text: string): Manifest {
  let document: unknown;
  try {
    document = parse(text);
  } catch {
    return { healthy: [], aliases: {}, oddities: ['it is not valid YAML'] };
  }
  const fields = (typeof document === 'object' && document !== null ? document : {}) as Record<string, unknown>;
  const oddities: string[] = [];
  const zone = typeof fields['zone'] === 'string' ? fields['zone'] : undefined;
  const known = zone === undefined || isZone(zone);
  if (!known) oddities.push(`its zone "${zone.slice(0, 60)}" does not exist`);
  const healthy: TimeWindow[] = [];
  const written = fields['healthy'];
  for (const one of Array.isArray(written) ? written : written === undefined || written === null ? [] : [written]) {
    const [from = '', to = ''] = String(one).split('/');
    const start = instantOf(from, { zone: known ? zone : undefined });
    const end = instantOf(to, { zone: known ? zone : undefined });
    if (end > start) healthy.push({ start, end });
    else oddities.push(`its healthy window "${String(one).slice(0, 80)}" is not START/END`);
  }
  return {
    ...(typeof fields['title'] === 'string' && { title: fields['title'] }),
    ...(known && zone !== undefined && { zone }),
    healthy,
    aliases: aliasesOf(fields['services']),
    oddities,
  };
}

/** `{service: [other, names]}`, `{service: other}` or `[{name, aliases: […]}]`. */
function aliasesOf(written: unknown): Record<string, string> {
  const aliases: Record<string, string> = {};
  const add = (service: string, others: unknown) => {
    for (const other of Array.isArray(others) ? others : [others])
      if (typeof other === 'string' && other !== service) aliases[other] = service;
  };
  if (Array.isArray(written)) {
    for (const one of written) {
      const { name, aliases: others } = (typeof one === 'object' && one !== null ? one : {}) as { name?: unknown; aliases?: unknown };
      if (typeof name === 'string') add(name, others);
    }
  } else if (typeof written === 'object' && written !== null) {
    for (const [service, others] of Object.entries(written)) {
      add(
        service,
        typeof others === 'object' && others !== null && !Array.isArray(others) ? (others as { aliases?: unknown }).aliases : others,
      );
    }
  }
  return aliases;
}

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
