import { textIn } from './bytes.ts';

/**
 * Walks JSON bytes without building objects: spans come by the hundred thousand, and an object with ten strings for each would take
 * three times as long as reading them. A syntax error throws `SyntaxError`.
 */
export class JsonCursor {
  bytes: Buffer;
  position: number;
  /** Byte after the last. */
  end: number;
  /** Of the string read last: where its content lies and whether it holds escapes. */
  from = 0;
  to = 0;
  escaped = false;

  constructor(bytes: Buffer, position = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  fail(): never {
    throw new SyntaxError(`no JSON at byte ${this.position}`);
  }

  /** The next byte that is not blank, left in place. −1 = the end. */
  peek(): number {
    const { bytes } = this;
    let i = this.position;
    while (i < this.end) {
      const c = bytes[i]!;
      if (c !== 32 && c !== 10 && c !== 13 && c !== 9) {
        this.position = i;
        return c;
      }
      i++;
    }
    this.position = i;
    return -1;
  }

  /** Goes into an object or array; false (and nothing skipped) when the value is something else. */
  enter(open: 123 | 91): boolean {
    if (this.peek() !== open) return false;
    this.position++;
    return true;
  }

  /** Inside an object: reads the next key into `from … to`; false at its end. */
  key(): boolean {
    let c = this.peek();
    if (c === 44) {
      this.position++;
      c = this.peek();
    }
    if (c === 125) {
      this.position++;
      return false;
    }
    if (c !== 34) this.fail();
    this.string();
    if (this.peek() !== 58) this.fail();
    this.position++;
    return true;
  }

  /** Inside an array: true when another element follows; false at its end. */
  element(): boolean {
    let c = this.peek();
    if (c === 44) {
      this.position++;
      c = this.peek();
    }
    if (c === 93) {
      this.position++;
      return false;
    }
    if (c < 0) this.fail();
    return true;
  }

  /** Reads a string into `from … to`; the cursor stands on its opening quote. */
  string(): void {
    const { bytes, end } = this;
    let i = this.position + 1;
    this.from = i;
    this.escaped = false;
    for (;;) {
      if (i >= end) this.fail();
      const c = bytes[i]!;
      if (c === 34) break;
      if (c === 92) {
        this.escaped = true;
        i++;
      }
      i++;
    }
    this.to = i;
    this.position = i + 1;
  }

  /** True when the string just read is `word`, byte by byte. */
  is(word: string): boolean {
    const { bytes, from } = this;
    if (this.to - from !== word.length) return false;
    for (let i = word.length - 1; i >= 0; i--) if (bytes[from + i] !== word.charCodeAt(i)) return false;
    return true;
  }

  /** The string just read, unescaped. */
  text(): string {
    if (!this.escaped) return textIn(this.bytes, this.from, this.to);
    return JSON.parse(this.bytes.toString('utf8', this.from - 1, this.to + 1)) as string;
  }

  /** A string, number or word as text; objects and arrays are skipped and give `''`. */
  scalar(): string {
    const c = this.peek();
    if (c === 34) {
      this.string();
      return this.text();
    }
    if (c === 123 || c === 91) {
      this.skip();
      return '';
    }
    this.word();
    return this.bytes.toString('latin1', this.from, this.to);
  }

  /** A number or word into `from … to`; a string's content as well, so that quoted numbers read alike. */
  word(): void {
    if (this.peek() === 34) {
      this.string();
      return;
    }
    const { bytes, end } = this;
    let i = this.position;
    this.from = i;
    this.escaped = false;
    while (i < end) {
      const c = bytes[i]!;
      if (c === 44 || c === 125 || c === 93 || c <= 32) break;
      i++;
    }
    if (i === this.from) this.fail();
    this.to = i;
    this.position = i;
  }

  /** Passes over any value. */
  skip(): void {
    const c = this.peek();
    if (c === 34) {
      this.string();
      return;
    }
    if (c !== 123 && c !== 91) {
      this.word();
      return;
    }
    const { bytes, end } = this;
    let depth = 0;
    let i = this.position;
    while (i < end) {
      const b = bytes[i]!;
      if (b === 34) {
        this.position = i;
        this.string();
        i = this.position;
        continue;
      }
      if (b === 123 || b === 91) depth++;
      else if (b === 125 || b === 93) {
        depth--;
        if (depth === 0) {
          this.position = i + 1;
          return;
        }
      }
      i++;
    }
    this.position = end;
    this.fail();
  }
}
