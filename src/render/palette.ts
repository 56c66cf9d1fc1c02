/** An image of at most 256 colours: rows of `width` indices, each row led by a zero (the PNG filter "none"). */
export interface Indexed {
  readonly rows: Uint8Array;
  /** Red, green and blue of each index. */
  readonly palette: Uint8Array;
}

const BITS = 6;
const DROP = 8 - BITS;
const BINS = 1 << (3 * BITS);
const COLORS = 256;
/** So many indices go to colours that are far from all others, however few pixels they have: a thin mark keeps its hue. */
const RARE = 64;

/**
 * Few colours instead of many: the most frequent ones, then those that would be missed most. Charts are flat areas with blended edges, so
 * this loses nothing that can be seen, and takes a tenth of the time of a general quantiser (bench/render.mjs).
 * @param pixels red, green, blue, alpha of each pixel; alpha is ignored
 */
export function indexed(pixels: Uint8Array, width: number, height: number): Indexed {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, width * height);
  const counts = new Uint32Array(BINS);
  const sums = new Float64Array(3 * BINS);
  const used: number[] = [];
  eachRun(words, (word, from, to) => {
    const bin = binOf(word);
    if (counts[bin] === 0) used.push(bin);
    counts[bin]! += to - from;
    for (let channel = 0; channel < 3; channel++) sums[3 * bin + channel]! += ((word >>> (8 * channel)) & 255) * (to - from);
  });
  const colors = used.map(bin => ({
    bin,
    count: counts[bin]!,
    rgb: [0, 1, 2].map(channel => Math.round(sums[3 * bin + channel]! / counts[bin]!)),
  }));
  const chosen = choose(colors);
  const index = new Uint8Array(BINS);
  const palette = new Uint8Array(3 * chosen.length);
  chosen.forEach(({ rgb }, i) => {
    palette.set(rgb, 3 * i);
  });
  for (const color of colors) index[color.bin] = nearest(color.rgb, palette);
  const rows = new Uint8Array((width + 1) * height);
  eachRun(words, (word, from, to) => {
    const value = index[binOf(word)]!;
    // A run may reach over several rows, each of which begins with its filter.
    for (let at = from; at < to; ) {
      const row = Math.floor(at / width);
      const end = Math.min(to, (row + 1) * width);
      rows.fill(value, at + row + 1, end + row + 1);
      at = end;
    }
  });
  return { rows, palette };
}

interface Color {
  readonly bin: number;
  readonly count: number;
  readonly rgb: readonly number[];
}

function choose(colors: Color[]): Color[] {
  colors.sort((a, b) => b.count - a.count || a.bin - b.bin);
  if (colors.length <= COLORS) return colors;
  const chosen = colors.slice(0, COLORS - RARE);
  const rest = colors.slice(COLORS - RARE);
  const far = Float64Array.from(rest, ({ rgb }) => Math.min(...chosen.map(other => distance(rgb, other.rgb))));
  for (let n = 0; n < RARE; n++) {
    let worst = 0;
    for (let i = 1; i < rest.length; i++) if (far[i]! * rest[i]!.count > far[worst]! * rest[worst]!.count) worst = i;
    const next = rest[worst]!;
    chosen.push(next);
    for (let i = 0; i < rest.length; i++) far[i] = Math.min(far[i]!, distance(rest[i]!.rgb, next.rgb));
  }
  return chosen;
}

function nearest(rgb: readonly number[], palette: Uint8Array): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < palette.length; i += 3) {
    const away = (rgb[0]! - palette[i]!) ** 2 + (rgb[1]! - palette[i + 1]!) ** 2 + (rgb[2]! - palette[i + 2]!) ** 2;
    if (away < least) [least, best] = [away, i / 3];
  }
  return best;
}

function distance(a: readonly number[], b: readonly number[]): number {
  return (a[0]! - b[0]!) ** 2 + (a[1]! - b[1]!) ** 2 + (a[2]! - b[2]!) ** 2;
}

function binOf(word: number): number {
  return ((word & 255) >>> DROP) | ((((word >>> 8) & 255) >>> DROP) << BITS) | ((((word >>> 16) & 255) >>> DROP) << (2 * BITS));
}

/** Equal neighbours together: most of a chart is its ground. */
function eachRun(words: Uint32Array, visit: (word: number, from: number, to: number) => void): void {
  for (let from = 0; from < words.length; ) {
    const word = words[from]!;
    let to = from + 1;
    while (to < words.length && words[to] === word) to++;
    visit(word, from, to);
    from = to;
  }
}
