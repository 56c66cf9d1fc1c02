const BLOCK = 1024;

/**
 * The values of a stream in order, for nearest neighbours among a million of them: blocks of at most 1,024 doubles, so that an insertion
 * moves little memory.
 */
export class SortedValues {
  private readonly blocks: Float64Array[] = [];
  private readonly sizes: number[] = [];
  /** Largest value of each block, side by side for the search. */
  private maxima = new Float64Array(16);

  /** Cost O(√n) moves at worst, in practice one block. */
  add(value: number): void {
    if (this.blocks.length === 0) {
      this.blocks.push(new Float64Array(BLOCK));
      this.sizes.push(0);
      this.maxima[0] = value;
    }
    let b = this.blockFor(value);
    if (this.sizes[b] === BLOCK) {
      this.split(b);
      if (value > this.maxima[b]!) b++;
    }
    const block = this.blocks[b]!;
    const size = this.sizes[b]!;
    const at = firstNotBelow(block, size, value);
    block.copyWithin(at + 1, at, size);
    block[at] = value;
    this.sizes[b] = size + 1;
    if (at === size) this.maxima[b] = value;
  }

  /** Distance from `value` to the nearest value held; 0 while there is none. */
  distanceTo(value: number): number {
    if (this.blocks.length === 0) return 0;
    const b = this.blockFor(value);
    const block = this.blocks[b]!;
    const size = this.sizes[b]!;
    const at = firstNotBelow(block, size, value);
    const above = at < size ? block[at]! - value : Number.POSITIVE_INFINITY;
    if (at > 0) return Math.min(above, value - block[at - 1]!);
    if (b > 0) return Math.min(above, value - this.maxima[b - 1]!);
    return above;
  }

  /** The first block whose largest value is not below `value`, or the last. */
  private blockFor(value: number): number {
    let lo = 0;
    let hi = this.blocks.length - 1;
    while (lo < hi) {
      const middle = (lo + hi) >> 1;
      if (this.maxima[middle]! < value) lo = middle + 1;
      else hi = middle;
    }
    return lo;
  }

  private split(b: number): void {
    const half = BLOCK / 2;
    const upper = new Float64Array(BLOCK);
    upper.set(this.blocks[b]!.subarray(half));
    this.blocks.splice(b + 1, 0, upper);
    this.sizes[b] = half;
    this.sizes.splice(b + 1, 0, BLOCK - half);
    if (this.blocks.length > this.maxima.length) {
      const larger = new Float64Array(2 * this.maxima.length);
      larger.set(this.maxima);
      this.maxima = larger;
    }
    this.maxima.copyWithin(b + 1, b, this.blocks.length - 1);
    this.maxima[b] = this.blocks[b]![half - 1]!;
  }
}

function firstNotBelow(block: Float64Array, size: number, value: number): number {
  let lo = 0;
  let hi = size;
  while (lo < hi) {
    const middle = (lo + hi) >> 1;
    if (block[middle]! < value) lo = middle + 1;
    else hi = middle;
  }
  return lo;
}
