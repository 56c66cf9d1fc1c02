/** Never fewer than a real tokenizer counts. */
export function estimateTokens(text: string): number {
  let tokens = 0;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) {
      if (digits++ % 3 === 0) tokens++;
      continue;
    }
    digits = 0;
    tokens += code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
  }
  return tokens;
}
