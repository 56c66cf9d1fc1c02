import { inputJsonSchema } from '../server/schemas.ts';
import { tools as allTools } from '../tools/index.ts';
import { flag, JSON_OPTION } from './options.ts';
import { type Command, EXIT, print } from './shell.ts';

export const tools: Command = {
  usage: '[--json]',
  description: 'Lists the tools. With --json: what an MCP client gets from tools/list.',
  options: { json: JSON_OPTION },
  async run(values, _words, shell) {
    const listed = allTools.map(tool => {
      const { name, title, description, annotations } = tool;
      return { name, title, description, inputSchema: inputJsonSchema(tool), annotations };
    });
    const width = Math.max(...listed.map(({ name }) => name.length));
    const page = listed.map(({ name, title }) => `${name.padEnd(width)}  ${title}\n`).join('');
    await print(shell.output, flag(values, 'json') ? `${JSON.stringify({ tools: listed })}\n` : page);
    return EXIT.done;
  },
};
