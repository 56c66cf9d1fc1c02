import { bytesOf, TextBlock } from './text-block.ts';

const NONE = new Uint8Array(0);

/**
 * The characters of a text as bytes at the same offsets, 128 for every character beyond ASCII: the loops that look at each character of a line run on bytes, and
 * a text that was decoded from ASCII needs no copy of them.
 */
export class TextBytes {
  private block: TextBlock = TextBlock.of('');
  private other = '';
  private otherBytes: Uint8Array = NONE;
  private room: Uint8Array = NONE;

  /** From now on most texts are that of `block`. */
  begin(block: TextBlock): void {
    this.block = block;
    this.other = '';
    this.otherBytes = NONE;
  }

  /** The next texts are `text`, which was decoded from ASCII. */
  lend(text: string, bytes: Uint8Array): void {
    this.other = text;
    this.otherBytes = bytes;
  }

  /** Valid until the next block, for other texts until the next call. */
  of(text: string): Uint8Array {
    if (this.block.holds(text)) return this.block.bytes;
    if (text !== this.other) {
      this.room = bytesOf(text, this.room);
      this.otherBytes = this.room;
      this.other = text;
    }
    return this.otherBytes;
  }
}
