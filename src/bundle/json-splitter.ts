/**
 * Cuts a stream of JSON (one document, many behind each other, one a line, pretty-printed or not) into values, so that a document of any
 * size is read with the memory of one element. `descend` lists the arrays whose elements are handed out one by one, as paths of keys:
 * `''` is a document that is an array itself, `'data.result'` the array at that place.
 */
export class JsonSplitter {
  private readonly descend: ReadonlySet<string>;
  private readonly prefixes: ReadonlySet<string>;
  private readonly emit: (bytes: Buffer, start: number, end: number, path: string) => void;
  private buffer = Buffer.alloc(1 << 16);
  private length = 0;
  private position = 0;
  /** Start of the value being skipped over as a whole; −1 = between values. */
  private start = -1;
  private depth = 0;
  private inString = false;
  private skipping = false;
  /** Containers that were entered: `{` or `[`, and their path. */
  private readonly stack: { open: number; path: string }[] = [];
  private key = '';
  private readonly limitBytes: number;
  /** Bytes that are no JSON, or values above the limit. */
  dropped = 0;

  constructor(descend: readonly string[], emit: (bytes: Buffer, start: number, end: number, path: string) => void, limitBytes = 256 << 20) {
    this.descend = new Set(descend);
    this.prefixes = new Set(descend.flatMap(path => path.split('.').map((_, i, parts) => parts.slice(0, i).join('.'))));
    this.emit = emit;
    this.limitBytes = limitBytes;
  }

  push(chunk: Uint8Array): void {
    this.append(chunk);
    this.scan();
    const keep = this.start >= 0 ? this.start : this.position;
    if (keep > 0) {
      this.buffer.copyWithin(0, keep, this.length);
      this.length -= keep;
      this.position -= keep;
      if (this.start >= 0) this.start = 0;
    }
    if (this.length > this.limitBytes) {
      this.dropped += this.length;
      this.reset();
    }
  }

  /** True when the stream ended inside a value. */
  finish(): boolean {
    const cut = this.start >= 0 || this.stack.length > 0;
    // A number or word at the very end has no delimiter behind it.
    if (this.start >= 0 && this.depth === 0 && !this.inString && this.stack.length === 0) this.hand(this.length);
    this.dropped += this.start >= 0 ? this.length - this.start : 0;
    this.reset();
    return cut;
  }

  private reset(): void {
    this.length = 0;
    this.position = 0;
    this.start = -1;
    this.depth = 0;
    this.inString = false;
    this.skipping = false;
    this.key = '';
    this.stack.length = 0;
  }

  private append(chunk: Uint8Array): void {
    if (this.length + chunk.length > this.buffer.length) {
      const grown = Buffer.alloc(Math.max(this.buffer.length * 2, this.length + chunk.length));
      this.buffer.copy(grown, 0, 0, this.length);
      this.buffer = grown;
    }
    this.buffer.set(chunk, this.length);
    this.length += chunk.length;
  }

  private hand(end: number): void {
    if (!this.skipping) this.emit(this.buffer, this.start, end, this.stack[this.stack.length - 1]?.path ?? '');
    this.skipping = false;
    this.start = -1;
  }

  private scan(): void {
    const { buffer, length } = this;
    let i = this.position;
    while (i < length) {
      const c = buffer[i]!;
      if (this.start >= 0) {
        // Inside a value that is handed out whole: only its end matters.
        if (this.inString) {
          const end = stringEnd(buffer, i, length);
          if (end < 0) {
            // Goes on in the next chunk; behind a backslash at the very end, one byte further.
            i = -end - 1;
            break;
          }
          this.inString = false;
          i = end + 1;
          if (this.depth === 0) this.hand(i);
          continue;
        }
        if (c === 34) this.inString = true;
        else if (c === 123 || c === 91) this.depth++;
        else if (c === 125 || c === 93) {
          if (this.depth === 0) {
            this.hand(i);
            continue;
          }
          this.depth--;
          if (this.depth === 0) {
            i++;
            this.hand(i);
            continue;
          }
        } else if (this.depth === 0 && (c === 44 || c <= 32)) {
          this.hand(i);
          continue;
        }
        i++;
        continue;
      }
      const top = this.stack[this.stack.length - 1];
      if (c <= 32 || c === 44 || c === 58) {
        i++;
        continue;
      }
      if (c === 125 || c === 93) {
        if (top) this.stack.pop();
        else this.dropped++;
        i++;
        continue;
      }
      if (top?.open === 123 && c === 34 && this.key === '') {
        // A key: it must be whole before we go on.
        const end = stringEnd(buffer, i + 1, length);
        if (end < 0) break;
        let next = end + 1;
        while (next < length && buffer[next]! <= 32) next++;
        if (next >= length) break;
        if (buffer[next] === 58) {
          this.key = buffer.toString('utf8', i + 1, end) || '\u0000';
          i = next + 1;
          continue;
        }
      }
      const path = top === undefined ? '' : top.open === 123 ? (top.path === '' ? this.key : `${top.path}.${this.key}`) : top.path;
      const inObject = top?.open === 123;
      this.key = '';
      if (c === 91 && (top === undefined || inObject) && this.descend.has(path)) {
        this.stack.push({ open: 91, path });
        i++;
        continue;
      }
      if (c === 123 && (top === undefined || inObject) && this.prefixes.has(path) && this.hasDeeper(path)) {
        this.stack.push({ open: 123, path });
        i++;
        continue;
      }
      // A member that is not asked for is passed over.
      this.skipping = inObject;
      this.start = i;
      this.depth = c === 123 || c === 91 ? 1 : 0;
      this.inString = c === 34;
      i++;
    }
    this.position = i;
  }

  private hasDeeper(path: string): boolean {
    for (const one of this.descend) if (path === '' ? one !== '' : one.startsWith(`${path}.`)) return true;
    return false;
  }
}

/** Where the string's closing quote stands; −(place to go on) − 1 when it is not there yet. */
function stringEnd(buffer: Buffer, from: number, length: number): number {
  let i = from;
  while (i < length) {
    const c = buffer[i]!;
    if (c === 34) return i;
    i += c === 92 ? 2 : 1;
  }
  return -i - 1;
}
