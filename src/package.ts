import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folder of the installed package: one above both `src/` and `dist/`, where all bundled files lie side by side. */
export const packageFolder: string = fileURLToPath(new URL('..', import.meta.url));

/** Read from package.json, so that there is one place to change it. */
export const version: string = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
  .version;
