// Bundles the command, the library and the analysis functions into dist/. Parts that a start does not need stay behind dynamic imports
// and become chunks of their own, so that a client sees the list of tools before the store or a parser has been read from disk.
import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Shared by the bundle test, which reads the metafile. */
export const options = {
  absWorkingDir: root,
  entryPoints: {
    cli: 'src/main.ts',
    app: 'src/app.ts',
    analysis: 'src/analysis/index.ts',
    'log-worker': 'src/sources/files/log-worker.ts',
  },
  outdir: 'dist',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
  logLevel: 'warning',
  // Carry binaries or fonts that are found beside their own package.
  external: ['@photostructure/sqlite', 'sharp', 'dejavu-fonts-ttf'],
  // CommonJS packages inside an ES module bundle still call require for built-in modules.
  banner: { js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);" },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { metafile } = await build(options);
  // Old chunks go last: whoever runs the command meanwhile finds a whole build at any time.
  const written = new Set(Object.keys(metafile.outputs));
  for (const name of readdirSync(new URL('dist', import.meta.url))) {
    if (name.endsWith('.js') && !written.has(`dist/${name}`)) rmSync(new URL(`dist/${name}`, import.meta.url));
  }
  for (const name of Object.keys(options.entryPoints)) {
    process.stderr.write(`dist/${name}.js ${Math.round(metafile.outputs[`dist/${name}.js`].bytes / 1024)} kB\n`);
  }
}
