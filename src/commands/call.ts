import { resolve } from 'node:path';
import type { DrawnPicture } from '../exit/picture.ts';
import { SreError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import { toolNamed } from '../server/call.ts';
import { ALLOW_PARTIAL, flag, JSON_OPTION, SOURCE_OPTIONS, text as textOption } from './options.ts';
import { pictureForm, writePicture } from './picture-file.ts';
import { exitCodeOf, withSession } from './session.ts';
import { type Command, print, type Shell } from './shell.ts';

export const call: Command = {
  usage: "TOOL ['JSON'] [--text] [--out FILE] [--files PATH …]",
  description:
    'Runs one tool exactly as an MCP client would and prints its structured content, or with --text its text. A picture goes to --out.',
  options: {
    ...SOURCE_OPTIONS,
    text: { type: 'boolean', help: 'print the text form' },
    out: { type: 'string', value: 'FILE', help: 'write the picture of the answer there, as .png or .svg' },
    json: JSON_OPTION,
    'allow-partial': ALLOW_PARTIAL,
  },
  async run(values, words, shell) {
    const [name, json = '{}', ...rest] = words;
    if (name === undefined || rest.length > 0) {
      throw new SreError(
        'invalid_argument',
        name === undefined ? 'Which tool?' : `There is one word too many: ${JSON.stringify(rest[0])}.`,
        {
          hint: `Write sre-copilot call TOOL 'JSON'; the arguments are one JSON object in quotes.`,
        },
      );
    }
    const out = textOption(values, 'out');
    // A wrong name is said before anything is asked.
    if (out !== undefined) pictureForm(out);
    return await withSession(values, shell, async ({ application, call: run }) => {
      const { structured, text, picture } = await run(toolNamed(application.tools, name), parsedArguments(json));
      await print(shell.output, flag(values, 'text') ? `${text}\n` : `${JSON.stringify(structured, null, shell.output.isTTY ? 2 : 0)}\n`);
      await keepPicture(picture, out, shell);
      return await exitCodeOf(structured, flag(values, 'allow-partial'), application);
    });
  },
};

async function keepPicture(picture: DrawnPicture | undefined, out: string | undefined, shell: Shell): Promise<void> {
  if (out === undefined) {
    if (picture) await print(shell.errors, 'There is a picture too: add --out FILE.png or --out FILE.svg.\n');
    return;
  }
  if (!picture)
    throw new SreError('invalid_argument', 'This answer has no picture for --out.', { hint: 'Tools that draw say so: render_dashboard.' });
  await writePicture(picture, resolve(shell.folder, out));
}

function parsedArguments(json: string): JsonObject {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // The same sentence serves both: what was given is not one JSON object.
  }
  throw new SreError('invalid_argument', 'The arguments are not one JSON object.', { hint: `For example '{"window":"last 1h"}'.` });
}
