import { BOLD, REGULAR } from './font-widths.ts';

/** What stands in every picture; the first is the bundled font, the others are for a browser that shows the SVG. */
export const FONT_FAMILY = "DejaVu Sans Condensed, 'DejaVu Sans Condensed', DejaVu Sans, Verdana, sans-serif";

export interface Lettering {
  /** Pixels. */
  readonly size: number;
  readonly bold?: boolean;
}

const UNITS_PER_EM = 2048;
const ELLIPSIS = '…';
/** Wide enough for a letter whose width nobody knows. */
const UNKNOWN = UNITS_PER_EM;
/** Bold letters beyond the table of the bold face. */
const BOLDER = 1.1;

/** More letters than the widest picture can show; a text of megabytes costs no more than this. */
const MOST_LETTERS = 1500;

let tables: { regular: Map<number, number>; bold: Map<number, number> } | undefined;

/** Width in pixels, from the advances of the bundled font. */
export function textWidth(text: string, { size, bold = false }: Lettering): number {
  tables ??= { regular: unpacked(REGULAR), bold: unpacked(BOLD) };
  const { regular } = tables;
  const own = bold ? tables.bold : regular;
  let units = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0)!;
    units += own.get(code) ?? (regular.get(code) ?? UNKNOWN) * (bold ? BOLDER : 1);
  }
  return (units * size) / UNITS_PER_EM;
}

/** The text, or as much of its beginning as fits with an ellipsis; empty when not even that does. */
export function fitted(text: string, width: number, lettering: Lettering): string {
  const shown = drawable(text.slice(0, MOST_LETTERS));
  if (textWidth(shown, lettering) <= width) return shown;
  const room = width - textWidth(ELLIPSIS, lettering);
  let used = 0;
  let kept = '';
  for (const letter of shown) {
    used += textWidth(letter, lettering);
    if (used > room) break;
    kept += letter;
  }
  return kept === '' ? '' : kept.trimEnd() + ELLIPSIS;
}

/** Lines of at most that width, broken at spaces where there are some; the last of `most` says that there is more. */
export function wrappedText(text: string, width: number, most: number, lettering: Lettering): string[] {
  const lines: string[] = [];
  for (const paragraph of text.slice(0, most * MOST_LETTERS).split('\n')) {
    let line = '';
    for (const word of drawable(paragraph).split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (textWidth(longer, lettering) <= width) {
        line = longer;
        continue;
      }
      if (line !== '') lines.push(line);
      line = textWidth(word, lettering) <= width ? word : fitted(word, width, lettering);
      if (lines.length > most) break;
    }
    lines.push(line);
    if (lines.length > most) break;
  }
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), fitted(`${lines[most - 1]!} ${ELLIPSIS}`, width, lettering)];
}

/** Marks without a shape of their own: soft hyphens, joiners, directions, variants, tags. */
const HIDDEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]|[\ufe00-\ufe0f]/gu;
const NAMED_AT_MOST = 4;

/**
 * The text as the bundled font can show it: what cannot be seen is gone, every kind of space is one, and letters that the font lacks are
 * given by their numbers (`[U+4E2D U+6587]`), because an empty box says nothing.
 */
export function drawable(text: string): string {
  tables ??= { regular: unpacked(REGULAR), bold: unpacked(BOLD) };
  // Nearly every text; what follows costs more than drawing it.
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const { regular } = tables;
  let shown = '';
  let missing: string[] = [];
  const name = () => {
    if (missing.length === 0) return;
    const more = missing.length > NAMED_AT_MOST ? ` +${missing.length - NAMED_AT_MOST}` : '';
    shown += `[${missing.slice(0, NAMED_AT_MOST).join(' ')}${more}]`;
    missing = [];
  };
  for (const letter of text
    .normalize('NFC')
    .replace(HIDDEN, '')
    .replace(/[\s\x00-\x1f\x7f-\x9f]/g, ' ')) {
    const code = letter.codePointAt(0)!;
    if (regular.has(code)) {
      name();
      shown += letter;
    } else missing.push(`U+${code.toString(16).toUpperCase().padStart(4, '0')}`);
  }
  name();
  return shown;
}

/** Text that means nothing but itself inside an element or an attribute. */
export function escaped(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`) : text;
}

function unpacked(runs: string): Map<number, number> {
  const widths = new Map<number, number>();
  let code = 0;
  for (const run of runs.split(' ')) {
    const [gap, length, advance] = run.split('.').map(part => Number.parseInt(part, 36)) as [number, number, number];
    code += gap;
    for (let i = 0; i < length; i++) widths.set(code++, advance);
  }
  return widths;
}
