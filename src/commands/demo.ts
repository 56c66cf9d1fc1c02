import { join } from 'node:path';
import { packageFolder } from '../package.ts';
import { investigate } from './investigate.ts';
import { flag, JSON_OPTION } from './options.ts';
import { type Command, print } from './shell.ts';

/** A recording of a real fault in real programs; what was broken stands apart from it, where no tool reads. */
const INCIDENT = 'examples/incidents/inc-01';
const WINDOW = '2026-11-24T13:48:00Z/2026-11-24T13:52:30Z';

export const demo: Command = {
  usage: '[--json]',
  description: 'Investigates the recorded incident that comes with the package and prints the brief.',
  options: { json: JSON_OPTION },
  async run(values, _words, shell) {
    const words = `investigate --files ${INCIDENT} --window ${WINDOW}`;
    if (!flag(values, 'json')) await print(shell.output, `$ sre-copilot ${words}\n\n`);
    const files = [join(packageFolder, INCIDENT)];
    return await investigate.run({ files, window: WINDOW, json: flag(values, 'json'), 'allow-partial': true }, [], shell);
  },
};
