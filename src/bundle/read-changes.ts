import type { Change, ChangeKind } from '../model/event.ts';
import { instantOf } from './instant.ts';

const KINDS: Readonly<Record<string, ChangeKind>> = {
  deploy: 'deploy',
  deployment: 'deploy',
  release: 'deploy',
  rollout: 'deploy',
  rollback: 'deploy',
  build: 'deploy',
  config: 'config',
  configuration: 'config',
  setting: 'config',
  secret: 'config',
  scale: 'scale',
  scaling: 'scale',
  autoscale: 'scale',
  flag: 'flag',
  feature_flag: 'flag',
  featureflag: 'flag',
  toggle: 'flag',
  migration: 'migration',
  schema: 'migration',
  infrastructure: 'infrastructure',
  infra: 'infrastructure',
  maintenance: 'infrastructure',
  network: 'infrastructure',
  certificate: 'infrastructure',
};

/** The kind of a change as it is written anywhere; undefined = this is none of a change's kinds. */
export function changeKind(written: unknown): ChangeKind | undefined {
  return typeof written === 'string' ? KINDS[written.trim().toLowerCase().replace(/[\s-]/g, '_')] : undefined;
}

/** One change of interfaces.md §1; undefined when it has no readable time or says nothing. */
export function readChange(document: unknown, zone?: string): Change | undefined {
  if (typeof document !== 'object' || document === null) return undefined;
  const fields = document as Record<string, unknown>;
  const written = fields['time'] ?? fields['timestamp'] ?? fields['at'] ?? fields['date'];
  const time = typeof written === 'string' || typeof written === 'number' ? instantOf(written, { zone }) : Number.NaN;
  if (Number.isNaN(time)) return undefined;
  const text = (name: string) => (typeof fields[name] === 'string' && fields[name] !== '' ? (fields[name] as string) : undefined);
  const summary = text('summary') ?? text('title') ?? text('message') ?? text('description') ?? '';
  const kind = changeKind(fields['kind'] ?? fields['type']) ?? 'config';
  const service = text('service');
  const version = typeof fields['version'] === 'number' ? String(fields['version']) : text('version');
  if (summary === '' && service === undefined && version === undefined) return undefined;
  const author = text('author');
  const url = text('url');
  return { time, kind, summary, ...(service && { service }), ...(author && { author }), ...(version && { version }), ...(url && { url }) };
}
