import { LineCounter, parseAllDocuments } from 'yaml';
import type { CatalogEntry } from '../model/knowledge.ts';

export interface CatalogContent {
  readonly entries: readonly CatalogEntry[];
  /** What could not be understood, as ends of sentences. */
  readonly oddities: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Files people write by hand are far smaller; a larger one is no catalog. */
const MOST_BYTES = 4 << 20;
/** An alias stands for a whole subtree, so that few of them can mean billions of nodes. */
const MOST_ALIASES = 200;
const MOST_ENTRIES = 20_000;
/** Kinds of Backstage that are things telemetry can come from; teams, users and locations are not. */
const KINDS: Readonly<Record<string, string>> = { component: 'service', resource: 'resource', api: 'api', system: 'system' };

/**
 * A service catalog: Backstage's `catalog-info.yaml` (any number of documents) or our own form, `services:` as a list or a map.
 * Unknown fields are ignored; broken documents are said and the others read.
 * @param origin the file, for the answer
 */
export function readCatalog(text: string, origin: string): CatalogContent {
  if (text.length > MOST_BYTES) return { entries: [], oddities: ['is too large for a catalog'] };
  const oddities: string[] = [];
  const entries = new Map<string, CatalogEntry>();
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false });
  for (const document of Array.isArray(documents) ? documents : []) {
    const [error] = document.errors;
    if (error) {
      oddities.push(`is not valid YAML at line ${lines.linePos(error.pos[0]).line}`);
      continue;
    }
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount: MOST_ALIASES });
    } catch {
      oddities.push('repeats itself by too many aliases');
      continue;
    }
    for (const entry of entriesOf(value, origin)) {
      if (entries.size < MOST_ENTRIES) entries.set(entry.name, merged(entries.get(entry.name), entry));
    }
  }
  return { entries: [...entries.values()], oddities };
}

function entriesOf(document: unknown, origin: string): CatalogEntry[] {
  if (!isFields(document)) return [];
  if (typeof document['apiVersion'] === 'string' && isFields(document['metadata']))
    return backstage(document, document['metadata'], origin);
  const { services } = document;
  if (Array.isArray(services)) return services.filter(isFields).flatMap(one => own(word(one['name']), one, origin));
  if (isFields(services)) return Object.entries(services).flatMap(([name, one]) => own(name, isFields(one) ? one : {}, origin));
  return [];
}

function backstage(document: Fields, metadata: Fields, origin: string): CatalogEntry[] {
  const kind = KINDS[String(document['kind']).toLowerCase()];
  const name = word(metadata['name']);
  if (kind === undefined || name === undefined) return [];
  const spec = isFields(document['spec']) ? document['spec'] : {};
  const annotations = isFields(metadata['annotations']) ? metadata['annotations'] : {};
  const needed = [...refs(spec['dependsOn']), ...refs(spec['consumesApis'])];
  return [
    {
      ...described(metadata),
      name,
      kind: word(spec['type']) ?? kind,
      ...optional('owner', refName(spec['owner'])),
      ...optional('lifecycle', word(spec['lifecycle'])),
      ...optional('system', refName(spec['system'])),
      ...optional('tier', word(spec['tier']) ?? annotated(annotations, /(?:^|[/.-])(?:tier|criticality)$/i)),
      ...optional('repository', repositoryOf(annotations)),
      aliases: unique(
        [...texts(spec['aliases']), ...aliasesIn(annotations), ...refs(spec['providesApis'])].filter(alias => alias !== name),
      ),
      dependsOn: unique(needed),
      origin,
    },
  ];
}

function own(name: string | undefined, one: Fields, origin: string): CatalogEntry[] {
  if (name === undefined) return [];
  return [
    {
      ...described(one),
      name,
      kind: word(one['kind'] ?? one['type']) ?? 'service',
      ...optional('owner', refName(one['owner'] ?? one['team'])),
      ...optional('tier', word(one['tier'] ?? one['criticality'])),
      ...optional('lifecycle', word(one['lifecycle'])),
      ...optional('system', word(one['system'])),
      ...optional('repository', word(one['repository'] ?? one['repo'])),
      aliases: unique(texts(one['aliases'])),
      dependsOn: unique([...refs(one['dependsOn']), ...refs(one['depends_on']), ...refs(one['dependencies'])]),
      origin,
    },
  ];
}

function described(fields: Fields): Pick<CatalogEntry, 'title' | 'description' | 'links' | 'tags'> {
  const links = (Array.isArray(fields['links']) ? fields['links'] : []).filter(isFields).flatMap(link => {
    const url = word(link['url']);
    return url && /^https?:\/\//i.test(url) ? [{ title: word(link['title']) ?? url, url }] : [];
  });
  const runbook = word(fields['runbook']);
  return {
    ...optional('title', word(fields['title'])),
    ...optional('description', word(fields['description'])),
    links: [...links, ...(runbook && /^https?:\/\//i.test(runbook) ? [{ title: 'Runbook', url: runbook }] : [])],
    tags: texts(fields['tags']),
  };
}

/** The same thing told twice: what the second adds. */
function merged(first: CatalogEntry | undefined, second: CatalogEntry): CatalogEntry {
  if (!first) return second;
  return {
    ...first,
    ...second,
    aliases: unique([...first.aliases, ...second.aliases]),
    dependsOn: unique([...first.dependsOn, ...second.dependsOn]),
    links: [...first.links, ...second.links],
    tags: unique([...first.tags, ...second.tags]),
  };
}

/** `component:default/cart` → `cart`. */
function refName(value: unknown): string | undefined {
  return word(value)
    ?.replace(/^[a-z]+:/i, '')
    .replace(/^[^/]+\//, '');
}

function refs(value: unknown): string[] {
  return texts(value).flatMap(text => refName(text) ?? []);
}

/** Names that telemetry uses, as the plug-ins of Kubernetes, Grafana or Datadog are told them. */
function aliasesIn(annotations: Fields): string[] {
  return Object.entries(annotations).flatMap(([key, value]) =>
    /(?:kubernetes-id|service-name|otel-service|app-name|service)$/i.test(key) ? texts(value) : [],
  );
}

function annotated(annotations: Fields, pattern: RegExp): string | undefined {
  const key = Object.keys(annotations).find(name => pattern.test(name));
  return key === undefined ? undefined : word(annotations[key]);
}

function repositoryOf(annotations: Fields): string | undefined {
  return annotated(annotations, /(?:project-slug|source-location)$/i)?.replace(/^url:/, '');
}

const LONGEST = 2000;

function word(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text.slice(0, LONGEST);
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]).flatMap(one => word(one) ?? []);
}

function optional<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: string });
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
