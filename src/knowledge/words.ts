/** Words that carry no meaning in a search; everything else does, names of services above all. */
const STOP = new Set(
  'a an and are as at be by for from has have how in is it its not of on or that the this to was what when which why will with'.split(' '),
);

/**
 * The words of a text as a search compares them: lower case, identifiers cut at case, dot, dash, underscore and slash (and kept whole
 * too), plurals and the commonest endings removed. Good for names, errors and English prose; no dictionary, no other language's grammar.
 * @param text any text
 * @returns in order, repeated words repeated
 * @example wordsOf('Orders time out: ConnectionTimeout in order-service') // => ['order', 'time', 'out', 'connectiontimeout', 'connection', 'timeout', 'order-service', 'order', 'service']
 */
export function wordsOf(text: string): string[] {
  const found: string[] = [];
  for (const [token] of text.matchAll(/[\p{L}\p{N}]+(?:[._/-][\p{L}\p{N}]+)*/gu)) {
    const parts = token
      .replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, ' ')
      .split(/[\s._/-]+/)
      .filter(part => part !== '');
    const whole = token.toLowerCase();
    if (parts.length > 1) found.push(whole);
    for (const part of parts) {
      const word = part.toLowerCase();
      if (!STOP.has(word)) found.push(stem(word));
    }
  }
  return found;
}

function stem(word: string): string {
  if (word.length <= 3 || /\d/.test(word)) return word;
  return word
    .replace(/ies$/, 'y')
    .replace(/(?<=[sxz]|ch|sh)es$/, '')
    .replace(/(?<![su])s$/, '')
    .replace(/(?<=\w{3})(?:ing|ed)$/, '');
}
