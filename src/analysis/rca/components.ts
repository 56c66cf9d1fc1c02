import type { Entity, EntityKind } from '../../model/series.ts';

/** What a name in the data stands for: the unit that is blamed. */
export interface Component {
  /** The name as in the data; unique. */
  readonly name: string;
  readonly kind: EntityKind;
  /** The service that owns it, when it is not one itself. */
  readonly service?: string;
}

/** Maps the many names of one thing (pod, instance, service in other case or separators) to one component. */
export interface Components {
  /** Registers a name and gives its component; `service` is the owner that the data name. */
  add(name: string, kind: EntityKind, service?: string): Component;
  /** Registers a name that is surely one of its own, such as a node of a topology: spelling alone does not make it another's. */
  declare(name: string, kind: EntityKind): Component;
  /** The component behind a name, when it is known. */
  find(name: string): Component | undefined;
  readonly all: () => readonly Component[];
}

const POD = /^(.+?)-[a-z0-9]{5,10}-[a-z0-9]{5}$/;
const ORDINAL = /^(.+?)[-_.]?\d{1,3}$/;
const STORE_SUFFIX = /[-_.](?:db|database|mysql|mariadb|mongo|mongodb|postgres|postgresql|pgsql|redis|cache|memcached|rabbitmq|queue)$/i;
/** Parts that have no life of their own: what their owner's data name as a pod, or as a database or table inside it, is the owner. */
const PARTS: ReadonlySet<EntityKind> = new Set(['pod', 'container', 'instance', 'database', 'table']);

/**
 * A registry of components. A pod belongs to its service (named by the data, or by the generated suffix of its name), an instance to
 * the service whose name it carries, `X-db` and the like to a known `X`. Names match exactly first; other case and separators only
 * when that leaves one candidate, since two names that differ in case can be two things.
 * @returns an empty registry
 * @see DESIGN §6
 * @example ownerByName('cart-7f9c6b5d48-x2x9z') // => 'cart'
 */
export function components(): Components {
  const byName = new Map<string, Component>();
  const bySquashed = new Map<string, Component[]>();

  const keep = (name: string, component: Component): Component => {
    byName.set(name, component);
    return component;
  };
  const make = (name: string, kind: EntityKind, service?: string): Component => {
    const component: Component = { name, kind, ...(service && service !== name ? { service } : {}) };
    const key = squashed(name);
    bySquashed.set(key, [...(bySquashed.get(key) ?? []), component]);
    return keep(name, component);
  };
  const find = (name: string): Component | undefined => {
    const exact = byName.get(name);
    if (exact) return exact;
    const like = bySquashed.get(squashed(name));
    if (like?.length === 1) return keep(name, like[0]!);
    const host = name.replace(/:\d+$/, '');
    if (host !== name) return find(host);
    const owner = ownerByName(name) ?? ORDINAL.exec(name)?.[1];
    return owner !== undefined && byName.has(owner) ? byName.get(owner) : undefined;
  };
  return {
    find,
    declare: (name, kind) => byName.get(name) ?? make(name, kind),
    add(name, kind, service) {
      const owner = service && service !== name ? service : undefined;
      if (owner !== undefined && PARTS.has(kind)) {
        const component = find(owner) ?? make(owner, 'service');
        if (!byName.has(name)) keep(name, component);
        return component;
      }
      const known = find(name);
      if (known) return known;
      const pod = kind === 'pod' || kind === 'unknown' || kind === 'instance' ? ownerByName(name) : undefined;
      if (pod !== undefined) return keep(name, find(pod) ?? make(pod, 'service'));
      return make(name, kind, owner);
    },
    all: () => [...new Set(byName.values())].map(component => withOwner(component, byName)),
  };
}

/** The workload whose generated pod name this is; undefined = not such a name. */
export function ownerByName(pod: string): string | undefined {
  const match = POD.exec(pod);
  // Generated suffixes are drawn from letters and digits: a name of plain words (`order-history-store`) is not one.
  return match && /\d/.test(pod.slice(match[1]!.length)) ? match[1] : undefined;
}

/** The component with the owner that its name shows: `cart-db` belongs to a known `cart`. */
function withOwner(component: Component, byName: ReadonlyMap<string, Component>): Component {
  if (component.service) return component;
  const owner = component.name.replace(STORE_SUFFIX, '');
  return owner !== component.name && byName.has(owner) ? { ...component, kind: storeKind(component), service: owner } : component;
}

function storeKind(component: Component): EntityKind {
  if (component.kind !== 'service' && component.kind !== 'unknown' && component.kind !== 'container') return component.kind;
  return /queue|rabbitmq/i.test(component.name) ? 'queue' : 'database';
}

/** The entity of an answer: its own kind and name, the service when that is another. */
export function entityOf(component: Component): Entity {
  return { kind: component.kind, name: component.name, ...(component.service ? { service: component.service } : {}) };
}

function squashed(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '');
}
