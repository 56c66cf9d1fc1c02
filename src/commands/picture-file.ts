import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { DrawnPicture } from '../exit/picture.ts';
import { SreError } from '../model/errors.ts';

/** What a file of that name holds. @throws SreError `invalid_argument` for anything but .png and .svg */
export function pictureForm(path: string): 'png' | 'svg' {
  const form = extname(path).slice(1).toLowerCase();
  if (form === 'png' || form === 'svg') return form;
  throw new SreError('invalid_argument', `A picture cannot be written as ${JSON.stringify(path.slice(-60))}.`, {
    hint: 'Give the file the ending .png or .svg.',
  });
}

/** @throws SreError when the picture has no such form here, or the file cannot be written */
export async function writePicture({ svg, png }: DrawnPicture, path: string): Promise<void> {
  const data = pictureForm(path) === 'svg' ? svg : png;
  if (data === undefined) {
    throw new SreError('unsupported', 'The picture could not be made a PNG on this machine.', { hint: 'Write it as .svg instead.' });
  }
  try {
    await writeFile(path, data);
  } catch (cause) {
    throw new SreError('invalid_argument', `The picture could not be written to ${JSON.stringify(path.slice(-120))}.`, {
      hint: 'Name a file in a folder that exists and may be written to.',
      cause,
    });
  }
}
