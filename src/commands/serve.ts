import { createApplication } from '../app.ts';
import { readSettings } from '../config.ts';
import { JSON_OPTION, SOURCE_OPTIONS, settingOptions } from './options.ts';
import type { Command } from './shell.ts';

export const serve: Command = {
  usage: '[--files PATH …] [--http [HOST:]PORT]',
  description: 'Serves MCP to an assistant: over standard input and output, or over Streamable HTTP with --http.',
  options: {
    ...SOURCE_OPTIONS,
    http: { type: 'string', value: '[HOST:]PORT', help: 'serve HTTP at /mcp; loopback unless HOST is given, which needs --tokens' },
    tokens: { type: 'string', value: 'FILE', help: 'bearer tokens, hashed: one `NAME sha256:HEX` a line' },
    'allow-host': { type: 'string', multiple: true, value: 'NAME', help: 'further host name under which clients may reach the server' },
    json: JSON_OPTION,
  },
  async run(values, _words, shell) {
    const settings = await readSettings(settingOptions(values), shell.environment, shell.folder);
    const application = createApplication(settings, shell.errors);
    if (values['http'] === undefined) {
      const { serveOverStdio } = await import('../server/stdio.ts');
      await serveOverStdio(application);
    } else {
      const { serveOverHttp } = await import('../server/http.ts');
      const running = await serveOverHttp(application, settings);
      shell.errors.write(`sre-copilot listens at ${running.url}\n`);
      await running.closed;
    }
    await application.close();
    return 0;
  },
};
