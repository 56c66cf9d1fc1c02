/**
 * Where a word stands first in a part of a text. `indexOf` would run on to the end of the block when the word is not in the line, which
 * makes a block of such lines cost the square of its length.
 * @param text a block of lines
 * @param word what is looked for; it has to lie in the part as a whole
 * @param lo first place
 * @param hi place after the last
 * @returns its place in `text`; −1 = not there
 * @example indexWithin('a [b]\nc [d]', ' [', 3, 5) // => -1
 */
export function indexWithin(text: string, word: string, lo: number, hi: number): number {
  const near = text.slice(lo, hi).indexOf(word);
  return near < 0 ? -1 : lo + near;
}
