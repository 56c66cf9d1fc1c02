import { parameterReader } from './templates/parameter-values.ts';

/** Words that a parameter may stand for: a value, a few words, not half of a sentence. */
const MOST_WORDS = 4;

/**
 * Whether messages of one template are of another, more general one too: `user <*> logged in` covers `user ann logged in`.
 *
 * Templates are written from the messages at hand; with more of them a word turns out to be a parameter, and the text, and with it the id, is another one.
 * @returns true also for equal texts; false where the general one has less than two words of its own and so would cover anything
 * @example
 * covers('user <*> logged in', 'user ann logged in') // => true
 */
export function covers(general: string, specific: string): boolean {
  if (general === specific) return true;
  const own = general.split(/\s+/).filter(word => /\p{L}{2}/u.test(word.replaceAll('<*>', ''))).length;
  if (own < 2) return false;
  const values = parameterReader(general)(specific);
  return values?.every(value => value !== '' && value.split(' ').length <= MOST_WORDS) ?? false;
}

/**
 * What a template of former messages is among the templates of others.
 * @param text as it was
 * @returns those that it has become part of, else those that it covers; empty when it is none of them
 * @example
 * successors('user ann logged in', ['port <*> open', 'user <*> logged in']) // => [1]
 */
export function successors(text: string, templates: readonly string[]): readonly number[] {
  const wider = templates.flatMap((candidate, i) => (covers(candidate, text) ? [i] : []));
  // The one with the most constant text is the nearest.
  if (wider.length > 0) return [wider.reduce((best, i) => (constants(templates[i]!) > constants(templates[best]!) ? i : best))];
  return templates.flatMap((candidate, i) => (covers(text, candidate) ? [i] : []));
}

function constants(text: string): number {
  return text.replaceAll('<*>', '').length;
}
