/** A piece of a picture that nothing above `top` or below `bottom` belongs to. */
export interface Part {
  readonly top: number;
  readonly bottom: number;
  readonly svg: string;
}

/**
 * The parts in one text from top to bottom, with a mark at the line that parts the picture into two of about equal work, where there is
 * one that crosses no part: the two can then be rasterised side by side (`halves`).
 */
export function joinedParts(parts: readonly Part[]): string {
  const inOrder = [...parts].sort((a, b) => a.top - b.top);
  const total = inOrder.reduce((sum, { svg }) => sum + svg.length, 0);
  let best: { at: number; y: number; away: number } | undefined;
  let bottom = 0;
  let length = 0;
  inOrder.forEach((part, at) => {
    const away = Math.abs(length - total / 2);
    if (at > 0 && bottom <= part.top && away < (best?.away ?? total / 4)) best = { at, y: Math.floor(part.top), away };
    bottom = Math.max(bottom, part.bottom);
    length += part.svg.length;
  });
  const text = (from: number, to: number) =>
    inOrder
      .slice(from, to)
      .map(({ svg }) => svg)
      .join('');
  return best === undefined ? text(0, inOrder.length) : `${text(0, best.at)}<!--cut ${best.y}-->${text(best.at, inOrder.length)}`;
}

const HEAD = /^<svg xmlns="[^"]*" width="(\d+)" height="(\d+)" viewBox="0 0 \d+ \d+"([^>]*)>/;
// Words of the data are escaped, so this is never theirs.
const CUT = /<!--cut (\d+)-->/;

/** Pictures that lie below each other and together are the picture: two where it has a mark, else itself. */
export function halves(svg: string): string[] {
  const head = HEAD.exec(svg);
  const cut = CUT.exec(svg);
  if (!head || !cut) return [svg];
  const [opening, width, height, rest] = head as unknown as [string, string, string, string];
  const y = Number(cut[1]);
  // The ground lies below both.
  const ground = svg.slice(opening.length, svg.indexOf('/>', opening.length) + 2);
  const piece = (top: number, size: number, content: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${size}" viewBox="0 ${top} ${width} ${size}"${rest}>${ground}${content}</svg>`;
  const body = svg.slice(opening.length + ground.length, -'</svg>'.length);
  const [above, below] = body.split(cut[0], 2) as [string, string];
  return [piece(0, y, above), piece(y, Number(height) - y, below)];
}
