import { escaped, type Lettering } from './text.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Tenths of a pixel: more cannot be seen, and the same picture is the same text on every machine. */
export function digits(value: number): string {
  return String(Math.round(value * 10) / 10 + 0);
}

function attributes(values: Attributes): string {
  let text = '';
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) text += ` ${name}="${typeof value === 'number' ? Math.round(value * 100) / 100 + 0 : value}"`;
  }
  return text;
}

export function rect({ x, y, width, height }: Box, fill: string, more: Attributes = {}): string {
  if (!(width > 0 && height > 0)) return '';
  return `<rect x="${digits(x)}" y="${digits(y)}" width="${digits(width)}" height="${digits(height)}" fill="${fill}"${attributes(more)}/>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, stroke: string, more: Attributes = {}): string {
  return `<path d="M${digits(x1)},${digits(y1)}L${digits(x2)},${digits(y2)}" stroke="${stroke}"${attributes(more)}/>`;
}

export function path(d: string | null, more: Attributes): string {
  return d ? `<path d="${d}"${attributes(more)}/>` : '';
}

export function circle(x: number, y: number, radius: number, fill: string): string {
  return `<circle cx="${digits(x)}" cy="${digits(y)}" r="${digits(radius)}" fill="${fill}"/>`;
}

export type Anchor = 'start' | 'middle' | 'end';

/** One line of text with its base line at `y`. The text must have been fitted: nothing is cut here. */
export function label(x: number, y: number, text: string, fill: string, lettering: Lettering & { readonly anchor?: Anchor }): string {
  if (text === '') return '';
  const { size, bold = false, anchor = 'start' } = lettering;
  const how = attributes({
    'font-size': size,
    'font-weight': bold ? 'bold' : undefined,
    'text-anchor': anchor === 'start' ? undefined : anchor,
  });
  return `<text x="${digits(x)}" y="${digits(y)}" fill="${fill}"${how}>${escaped(text)}</text>`;
}

/** A part of the picture with coordinates of its own; what reaches beyond it is not seen. */
export function nested({ x, y, width, height }: Box, content: string): string {
  if (content === '' || !(width > 0 && height > 0)) return '';
  return `<svg x="${digits(x)}" y="${digits(y)}" width="${digits(width)}" height="${digits(height)}">${content}</svg>`;
}
