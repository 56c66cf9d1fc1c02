import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { packageFolder } from '../package.ts';
import { toolNamed } from '../server/call.ts';
import { investigateIn, questionOf } from './investigate.ts';
import { flag, JSON_OPTION, text } from './options.ts';
import { pictureForm, writePicture } from './picture-file.ts';
import { type Session, withSession } from './session.ts';
import { type Command, print } from './shell.ts';

/** A recording of a real fault in real programs; what was broken stands apart from it, where no tool reads. */
const INCIDENT = 'examples/incidents/inc-01';
const WINDOW = '2026-11-24T13:48:00Z/2026-11-24T13:52:30Z';
const DASHBOARD = { dashboard: 'shop-overview', incident: WINDOW };

export const demo: Command = {
  usage: '[--out FILE] [--json]',
  description: 'Investigates the recorded incident that comes with the package, prints the brief and draws its dashboard.',
  options: {
    out: { type: 'string', value: 'FILE', help: 'where the picture goes, .png or .svg (default: a new temporary folder)' },
    json: JSON_OPTION,
  },
  async run(values, _words, shell) {
    const out = text(values, 'out');
    if (out !== undefined) pictureForm(out);
    const json = flag(values, 'json');
    const files = [join(packageFolder, INCIDENT)];
    if (!json) await print(shell.output, `$ sre-copilot investigate --files ${INCIDENT} --window ${WINDOW}\n\n`);
    const options = { files, window: WINDOW, json, 'allow-partial': true };
    return await withSession(options, shell, async session => {
      const code = await investigateIn(session, questionOf(options), shell);
      if (json && out === undefined) return code;
      const written = await drawDashboard(session, out === undefined ? undefined : resolve(shell.folder, out));
      if (!json) {
        const words = `$ sre-copilot call render_dashboard '${JSON.stringify(DASHBOARD)}' --files ${INCIDENT} --out ${out ?? 'FILE.png'}`;
        await print(shell.output, `\n${words}\n\nThe dashboard at the time of the incident: ${written}\n`);
      }
      return code;
    });
  },
};

/** @returns where the picture was written */
async function drawDashboard({ application, call }: Session, out: string | undefined): Promise<string> {
  const { picture } = await call(toolNamed(application.tools, 'render_dashboard'), DASHBOARD);
  const form = picture!.png === undefined ? 'svg' : 'png';
  const path = out ?? join(await mkdtemp(join(tmpdir(), 'sre-copilot-demo-')), `dashboard.${form}`);
  await writePicture(picture!, path);
  return path;
}
