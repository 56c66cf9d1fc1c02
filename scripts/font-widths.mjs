// Writes src/render/font-widths.ts: how far each letter of the bundled font advances, read from the font's own tables. The drawing of a
// picture stays pure that way: it measures text without opening a file.
//   node scripts/font-widths.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const folder = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');

/** Advance of every letter that the font has, by code point; in 2048ths of the font's size. */
function advances(file) {
  const font = readFileSync(join(folder, file));
  const tables = new Map();
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const at = 12 + 16 * i;
    tables.set(font.toString('latin1', at, at + 4), font.readUInt32BE(at + 8));
  }
  const unitsPerEm = font.readUInt16BE(tables.get('head') + 18);
  if (unitsPerEm !== 2048) throw new Error(`${file} has ${unitsPerEm} units per em.`);
  const longMetrics = font.readUInt16BE(tables.get('hhea') + 34);
  const advance = glyph => font.readUInt16BE(tables.get('hmtx') + 4 * Math.min(glyph, longMetrics - 1));
  const found = new Map();
  const cmap = tables.get('cmap');
  for (let i = 0; i < font.readUInt16BE(cmap + 2); i++) {
    const table = cmap + font.readUInt32BE(cmap + 8 + 8 * i);
    if (font.readUInt16BE(table) !== 12) continue;
    for (let group = 0; group < font.readUInt32BE(table + 12); group++) {
      const at = table + 16 + 12 * group;
      const [start, end, glyph] = [font.readUInt32BE(at), font.readUInt32BE(at + 4), font.readUInt32BE(at + 8)];
      for (let code = start; code <= end; code++) found.set(code, advance(glyph + code - start));
    }
  }
  if (found.size === 0) throw new Error(`${file} has no table of Unicode letters that is understood.`);
  return found;
}

/** Runs of letters with one advance: gap since the last run, length, advance; base 36. */
function runs(found, last) {
  const text = [];
  let next = 0;
  const codes = [...found.keys()].filter(code => code >= 32 && code <= last && !(code >= 0xe000 && code <= 0xf8ff)).sort((a, b) => a - b);
  for (let i = 0; i < codes.length; ) {
    let n = 1;
    while (codes[i + n] === codes[i] + n && found.get(codes[i + n]) === found.get(codes[i])) n++;
    text.push([codes[i] - next, n, found.get(codes[i])].map(value => value.toString(36)).join('.'));
    next = codes[i] + n;
    i += n;
  }
  return text.join(' ');
}

/** Bold letters are for titles and big numbers; beyond these code points the widths of the regular face are close enough. */
const BOLD_UNTIL = 0x52f;

const lines = text =>
  text
    .match(/.{1,130}(?: |$)/g)
    .map(line => `  '${line}'`)
    .join(' +\n');
writeFileSync(
  new URL('../src/render/font-widths.ts', import.meta.url),
  `// Written by scripts/font-widths.mjs from the advance widths of DejaVu Sans Condensed 2.37; not to be edited.

/** Runs of letters with one advance: gap since the end of the last run, length of the run, advance in 2048ths of the size; base 36. */
export const REGULAR =
${lines(runs(advances('DejaVuSansCondensed.ttf'), 0x1ffff))};

export const BOLD =
${lines(runs(advances('DejaVuSansCondensed-Bold.ttf'), BOLD_UNTIL))};
`,
);
