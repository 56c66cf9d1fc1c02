import { type Token, tokensOf } from './tokens.ts';
import { refused } from './tree.ts';

/** The words of an expression and how far they are read. */
export class Reader {
  readonly tokens: readonly Token[];
  private i = 0;
  depth = 0;

  constructor(source: string) {
    this.tokens = tokensOf(source);
  }

  get now(): Token {
    return this.tokens[this.i]!;
  }

  get next(): Token {
    return this.tokens[Math.min(this.i + 1, this.tokens.length - 1)]!;
  }

  get ended(): boolean {
    return this.now.kind === 'end';
  }

  /** End of the last word taken. */
  get end(): number {
    return this.tokens[this.i - 1]?.end ?? 0;
  }

  take(): Token {
    return this.tokens[this.i < this.tokens.length - 1 ? this.i++ : this.i]!;
  }

  is(sign: string): boolean {
    return this.now.kind === 'sign' && this.now.text === sign;
  }

  word(...words: readonly string[]): boolean {
    return this.now.kind === 'name' && words.includes(this.now.text.toLowerCase());
  }

  expect(sign: string, why: string): Token {
    if (!this.is(sign)) throw refused(this.now, `${found(this.now)} where "${sign}" ${why}.`, 'The grammar is in docs/expressions.md.');
    return this.take();
  }
}

/** A word for a message. */
export function found(token: Token): string {
  return token.kind === 'end' ? 'the expression ends' : `"${token.text}" stands`;
}
