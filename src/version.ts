import { createRequire } from 'node:module';

/** Read from package.json, which lies one folder above both `src/` and `dist/`, so that there is one place to change it. */
export const version: string = (createRequire(import.meta.url)('../package.json') as { version: string }).version;
