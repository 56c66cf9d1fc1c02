import { entityOf, namesComponent } from '../../analysis/metrics/entity.ts';
import type { Asked } from './asked.ts';
import { inTurn } from './in-turn.ts';
import { mappedLabels } from './options.ts';
import { oneOf } from './selector.ts';

/** Values that are looked through for a component's name. */
const MOST_VALUES = 20_000;

/** Labels that name components on this server, the configured ones first. */
export async function componentLabels(asked: Asked, matches: readonly string[]): Promise<readonly string[]> {
  return componentsAmong(asked, asked.take(await asked.api.labelNames(matches, asked.reach, asked.io)));
}

export function componentsAmong(asked: Asked, names: readonly string[]): readonly string[] {
  const own = Object.values(asked.options.labels ?? {});
  return [...new Set([...own.filter(label => names.includes(label)), ...names.filter(namesComponent)])];
}

/**
 * Matchers that find series of any of the components: one for each label that knows one of them. A pod counts to the service that its
 * name tells.
 * @returns `alternatives` to be joined by `or`, and the names that were seen, for "did you mean"
 */
export async function serviceMatchers(
  asked: Asked,
  services: readonly string[],
  matches: readonly string[],
): Promise<{ alternatives: readonly string[]; seen: readonly string[] }> {
  const labels = await componentLabels(asked, matches);
  const wanted = new Set(services);
  const found = await inTurn(labels, async label => ({
    label,
    values: asked.take(await asked.api.labelValues(label, matches, asked.reach, asked.io)).slice(0, MOST_VALUES),
  }));
  const seen = new Set<string>();
  const alternatives = found.flatMap(({ label, values }) => {
    const mine = values.filter(value => {
      const { service } = entityOf(mappedLabels({ [label]: value }, asked.options.labels));
      seen.add(service ?? value);
      return wanted.has(value) || (service !== undefined && wanted.has(service));
    });
    return mine.length ? [oneOf(label, mine)] : [];
  });
  return { alternatives, seen: [...seen] };
}
