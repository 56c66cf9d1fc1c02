const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Whole lines as bytes, and as text once somebody asks: where every line is of a known kind nobody does, and decoding took as long as reading from disk twice.
 *
 * The bytes are those that were given, so they must stay as they are while the block is in use.
 */
export class TextBlock {
  /** Bytes and characters have the same offsets. */
  readonly isAscii: boolean;
  private decoded: string | undefined;
  readonly given: Uint8Array;
  private copy: Uint8Array | undefined;

  /** @param ascii known already */
  constructor(bytes: Uint8Array, ascii: boolean = isAscii(bytes)) {
    this.given = bytes;
    this.isAscii = ascii;
    // how many characters there are is only known now
    if (!this.isAscii) this.decoded = decoder.decode(bytes);
  }

  /** A block whose bytes are gone. */
  static of(text: string): TextBlock {
    const block = new TextBlock(NONE);
    block.decoded = text;
    block.copy = bytesOf(text, NONE);
    return block;
  }

  /** Characters. */
  get length(): number {
    return this.decoded?.length ?? this.given.length;
  }

  get text(): string {
    this.decoded ??= decoder.decode(this.given);
    return this.decoded;
  }

  /** Whether some text is that of the block, which is not made for that. */
  holds(text: string): boolean {
    return this.decoded !== undefined && text === this.decoded;
  }

  get isDecoded(): boolean {
    return this.decoded !== undefined;
  }

  /** `text.slice(lo, hi)` */
  cut(lo: number, hi: number): string {
    return this.decoded === undefined ? decoder.decode(this.given.subarray(lo, hi)) : this.decoded.slice(lo, hi);
  }

  /** The characters as bytes, 128 for those beyond ASCII. */
  get bytes(): Uint8Array {
    if (this.isAscii && this.copy === undefined) return this.given;
    this.copy ??= bytesOf(this.text, NONE);
    return this.copy;
  }
}

const NONE = new Uint8Array(0);

/** Fills `room`, or a new one that is large enough. */
export function bytesOf(text: string, room: Uint8Array): Uint8Array {
  const bytes = room.length >= text.length ? room : new Uint8Array(Math.max(256, text.length * 2));
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    bytes[i] = Math.min(c, 128);
  }
  return bytes;
}

/** Sixteen bytes at a time. */
function isAscii(bytes: Uint8Array): boolean {
  const { length, byteOffset, buffer } = bytes;
  const first = Math.min(length, -byteOffset & 3);
  const words = new Int32Array(buffer, byteOffset + first, (length - first) >> 2);
  let all = 0;
  for (let k = 0; k < first; k++) all |= bytes[k]! << 24;
  let i = 0;
  for (const last = words.length - 4; i <= last; i += 4) all |= words[i]! | words[i + 1]! | words[i + 2]! | words[i + 3]!;
  for (; i < words.length; i++) all |= words[i]!;
  for (let k = first + words.length * 4; k < length; k++) all |= bytes[k]! << 24;
  return (all & 0x80808080) === 0;
}
