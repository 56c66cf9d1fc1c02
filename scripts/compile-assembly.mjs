// Compiles assembly/line-scanner.ts to WebAssembly and writes it, as text, into src/analysis/logs/line-scanner-code.ts. `--check` compares only; a test does.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
/** 42 pages of 64 KiB, as the places in assembly/line-scanner.ts need them. */
const PAGES = '42';

const target = new URL('../src/analysis/logs/line-scanner-code.ts', import.meta.url);

const out = 'scanner.wasm';
let code;
const options = ['--baseDir', root, '--outFile', out, '--enable', 'simd', '--runtime', 'stub', '-O3', '--noAssert', '--use', 'abort='];
const { error, stderr } = await asc.main(['assembly/line-scanner.ts', ...options, '--initialMemory', PAGES, '--maximumMemory', PAGES], {
  writeFile: (name, data) => {
    if (name === out) code = data;
  },
});
if (error) throw new Error(stderr.toString(), { cause: error });
const lines = Buffer.from(code)
  .toString('base64')
  .match(/.{1,120}/g)
  .map(line => `  '${line}'`);
const text = `// Made by scripts/compile-assembly.mjs of assembly/line-scanner.ts; not to be edited.\nexport const CODE: string =\n${lines.join(' +\n')};\n`;
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  process.stderr.write('src/analysis/logs/line-scanner-code.ts is not what assembly/line-scanner.ts compiles to: npm run assembly\n');
  process.exitCode = 1;
}
