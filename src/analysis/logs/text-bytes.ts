const NONE = new Uint8Array(0);

/**
 * The characters of a text as bytes at the same offsets, 128 for every character beyond ASCII: the loops that look at each character of a line run on bytes, and
 * a text that was decoded from ASCII needs no copy of them.
 */
export class TextBytes {
  /** Of the block. */
  isAscii = false;
  private block = '';
  private blockBytes: Uint8Array | undefined = NONE;
  private other = '';
  private otherBytes: Uint8Array = NONE;

  /** From now on most texts are `text`; `bytes` are what it was decoded from. */
  begin(text: string, bytes: Uint8Array): void {
    this.block = text;
    this.isAscii = isAscii(text, bytes);
    this.blockBytes = this.isAscii ? bytes : undefined;
  }

  /** Valid until the next block, for other texts until the next call. */
  of(text: string): Uint8Array {
    if (text === this.block) {
      this.blockBytes ??= bytesOf(text, NONE);
      return this.blockBytes;
    }
    if (text !== this.other) {
      this.otherBytes = bytesOf(text, this.otherBytes);
      this.other = text;
    }
    return this.otherBytes;
  }
}

/** UTF-8 shrinks when it is decoded, but for bytes that are none. */
function isAscii(text: string, bytes: Uint8Array): boolean {
  return text.length === bytes.length && !text.includes('\ufffd');
}

function bytesOf(text: string, room: Uint8Array): Uint8Array {
  const bytes = room.length >= text.length ? room : new Uint8Array(Math.max(256, text.length * 2));
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    bytes[i] = Math.min(c, 128);
  }
  return bytes;
}
