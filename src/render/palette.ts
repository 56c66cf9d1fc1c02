/** An image of at most 256 colours: rows of `width` indices, each row led by a zero (the PNG filter "none"). */
export interface Indexed {
  readonly rows: Uint8Array;
  /** Red, green and blue of each index. */
  readonly palette: Uint8Array;
}

const BITS = 5;
const DROP = 8 - BITS;
const BINS = 1 << (3 * BITS);
const COLORS = 256;
/** So many indices go to colours that are far from all others, however few pixels they have: a thin mark keeps its hue. */
const RARE = 64;

/**
 * Few colours instead of many: the most frequent ones, then those that would be missed most. Charts are flat areas with blended edges, so
 * this loses nothing that can be seen, and takes a tenth of the time of a general quantiser (bench/render.mjs). Written as plain loops over
 * typed arrays: it sees every pixel twice.
 * @param pieces whole rows, red, green, blue, alpha of each pixel; alpha is ignored. Pieces rather than one because joining them costs
 * more than a millisecond and a collection of garbage
 */
export function indexed(pieces: readonly Uint8Array[], width: number): Indexed {
  const parts = pieces.map(piece => new Uint32Array(piece.buffer, piece.byteOffset, piece.length >> 2));
  const height = parts.reduce((sum, words) => sum + words.length / width, 0);
  const colors = colorsOf(parts);
  const palette = choose(colors);
  const index = new Uint8Array(BINS);
  for (let i = 0; i < colors.bins.length; i++) index[colors.bins[i]!] = nearest(colors, i, palette, palette.length / 3).at;
  const rows = new Uint8Array((width + 1) * height);
  let last = parts[0]![0]!;
  let value = index[binOf(last)]!;
  let out = 0;
  for (const words of parts) {
    for (let at = 0; at < words.length; ) {
      out++;
      for (const end = at + width; at < end; at++) {
        const word = words[at]!;
        if (word !== last) {
          last = word;
          value = index[binOf(word)]!;
        }
        rows[out++] = value;
      }
    }
  }
  return { rows, palette };
}

/** What the image has, the most frequent first: the mean colour of each bin and its number of pixels. */
interface Colors {
  readonly bins: Uint32Array;
  readonly counts: Uint32Array;
  readonly rgb: Uint8Array;
}

function colorsOf(parts: readonly Uint32Array[]): Colors {
  const counts = new Uint32Array(BINS);
  const sums = new Float64Array(3 * BINS);
  for (const words of parts) {
    for (let from = 0; from < words.length; ) {
      const word = words[from]!;
      let to = from + 1;
      // Equal neighbours together: most of a chart is its ground.
      while (to < words.length && words[to] === word) to++;
      const bin = binOf(word);
      const n = to - from;
      counts[bin]! += n;
      sums[3 * bin]! += (word & 255) * n;
      sums[3 * bin + 1]! += ((word >>> 8) & 255) * n;
      sums[3 * bin + 2]! += ((word >>> 16) & 255) * n;
      from = to;
    }
  }
  const used: number[] = [];
  for (let bin = 0; bin < BINS; bin++) if (counts[bin]! > 0) used.push(bin);
  used.sort((a, b) => counts[b]! - counts[a]! || a - b);
  const rgb = new Uint8Array(3 * used.length);
  used.forEach((bin, i) => {
    for (let channel = 0; channel < 3; channel++) rgb[3 * i + channel] = Math.round(sums[3 * bin + channel]! / counts[bin]!);
  });
  return { bins: Uint32Array.from(used), counts: Uint32Array.from(used, bin => counts[bin]!), rgb };
}

function choose(colors: Colors): Uint8Array {
  const { bins, counts, rgb } = colors;
  if (bins.length <= COLORS) return rgb;
  const palette = new Uint8Array(3 * COLORS);
  const common = COLORS - RARE;
  palette.set(rgb.subarray(0, 3 * common));
  /** What is lost where a colour is replaced by the nearest one: its distance, once for each pixel. */
  const far = new Float64Array(bins.length);
  for (let i = common; i < bins.length; i++) far[i] = nearest(colors, i, palette, common).away;
  for (let next = common; next < COLORS; next++) {
    let worst = common;
    for (let i = common; i < bins.length; i++) if (far[i]! * counts[i]! > far[worst]! * counts[worst]!) worst = i;
    const [r, g, b] = [rgb[3 * worst]!, rgb[3 * worst + 1]!, rgb[3 * worst + 2]!];
    palette[3 * next] = r;
    palette[3 * next + 1] = g;
    palette[3 * next + 2] = b;
    for (let i = common; i < bins.length; i++) {
      const away = (rgb[3 * i]! - r) ** 2 + (rgb[3 * i + 1]! - g) ** 2 + (rgb[3 * i + 2]! - b) ** 2;
      if (away < far[i]!) far[i] = away;
    }
  }
  return palette;
}

/** The nearest of the first `most` colours of the palette. */
function nearest({ rgb }: Colors, i: number, palette: Uint8Array, most: number): { at: number; away: number } {
  const [r, g, b] = [rgb[3 * i]!, rgb[3 * i + 1]!, rgb[3 * i + 2]!];
  let at = 0;
  let away = Number.POSITIVE_INFINITY;
  for (let k = 0; k < most; k++) {
    const [dr, dg, db] = [r - palette[3 * k]!, g - palette[3 * k + 1]!, b - palette[3 * k + 2]!];
    const distance = dr * dr + dg * dg + db * db;
    if (distance < away) {
      away = distance;
      at = k;
    }
  }
  return { at, away };
}

function binOf(word: number): number {
  return ((word & 255) >>> DROP) | ((((word >>> 8) & 255) >>> DROP) << BITS) | ((((word >>> 16) & 255) >>> DROP) << (2 * BITS));
}
