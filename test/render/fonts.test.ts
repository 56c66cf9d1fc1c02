import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { root, temporaryFolder } from '../kit/server.ts';

/** Pixels of one large letter, drawn by a process whose machine has no fonts: through `toPng`, or by the rasteriser as it is. */
async function letters(texts: readonly string[], through: 'toPng' | 'bare', home = temporaryFolder()): Promise<string[]> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'fonts.conf'), '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>');
  const program = `
    import { toPng } from ${JSON.stringify(join(root, 'src/render/png.ts'))};
    import { FONT_FAMILY } from ${JSON.stringify(join(root, 'src/render/text.ts'))};
    import { createHash } from 'node:crypto';
    const { default: sharp } = await import('sharp');
    for (const text of JSON.parse(process.argv[2])) {
      const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="80" font-family="' + FONT_FAMILY + '"><rect width="80" height="80" fill="#fff"/>' +
        '<text x="10" y="60" font-size="50">' + text + '</text></svg>';
      const png = process.argv[3] === 'toPng' ? await toPng(svg) : Buffer.from(svg);
      const pixels = await sharp(png).greyscale().raw().toBuffer();
      const ink = pixels.reduce((n, value) => n + (value < 128 ? 1 : 0), 0);
      console.log(ink + ' ' + createHash('sha256').update(pixels).digest('hex'));
    }`;
  // Below the project, where its packages are found.
  const work = join(root, 'node_modules', '.cache', `fonts-${process.pid}`);
  mkdirSync(work, { recursive: true });
  const outfile = join(work, `${through}-${texts.length}.mjs`);
  await build({
    stdin: { contents: program, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
  });
  const output = execFileSync(process.execPath, [outfile, JSON.stringify(texts), through], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: home, FONTCONFIG_FILE: join(folder, 'fonts.conf') },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return output.trim().split('\n');
}

const TEXTS = ['H', 'I', 'Ж', 'Ω', '→', '≥', 'µ', '5'];

test('a machine without fonts shows letters, each with a shape of its own', async () => {
  const drawn = await letters(TEXTS, 'toPng');
  expect(new Set(drawn).size).toBe(TEXTS.length);
  for (const line of drawn) expect(Number(line.split(' ')[0])).toBeGreaterThan(60);
});

test('without the bundled font all letters are the same empty box: the test above can fail', async () => {
  const drawn = await letters(['H', 'I', 'Ж'], 'bare');
  expect(new Set(drawn).size).toBe(1);
});

test('the fonts are laid down once, below the home folder', async () => {
  const home = temporaryFolder();
  const [first] = await letters(['H'], 'toPng', home);
  const [second] = await letters(['H'], 'toPng', home);
  expect(second).toBe(first);
  const faces = readdirSync(join(home, '.cache/sre-copilot/fonts')).filter(name => name.endsWith('.ttf'));
  expect(faces).toEqual(['DejaVuSansCondensed-Bold.ttf', 'DejaVuSansCondensed.ttf']);
});

test('a home folder that cannot be written is no hindrance', async () => {
  const [drawn] = await letters(['H'], 'toPng', '/dev/null');
  expect(drawn).toBe((await letters(['H'], 'toPng'))[0]);
});
