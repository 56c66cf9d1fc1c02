// The product's HTTP server, with the fixtures of the conformance suite beside its own tools (`--fixtures`) or without. Prints its address.
import { createApplication } from '../../src/app.ts';
import { readSettings } from '../../src/config.ts';
import { serveOverHttp } from '../../src/server/http.ts';
import { fixtures } from './fixtures.ts';

const [files, state, withFixtures] = process.argv.slice(2);
const settings = await readSettings({ files: [files!], state: state! }, {}, process.cwd());
const application = createApplication(settings, process.stderr);
const changed = { tools: () => running.changed.toolsChanged(), prompts: () => running.changed.promptsChanged() };
const additions = withFixtures === '--fixtures' ? fixtures(changed) : undefined;
const running = await serveOverHttp(application, { listen: '127.0.0.1:0', hosts: [] }, additions);
process.stdout.write(`${running.url}\n`);
await running.closed;
await application.close();
