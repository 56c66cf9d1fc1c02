import type { Note, Picture } from '../model/answer.ts';
import { entityNames, type Redactor } from '../security/redaction.ts';
import { plainJson, readable } from './plain-json.ts';

/** A picture as it leaves. */
export interface DrawnPicture {
  readonly svg: string;
  /** Absent where the rasteriser does not run. */
  readonly png?: Uint8Array;
  readonly alt: string;
}

/**
 * Draws a picture with words that went through the same cleaning as the text beside it.
 * @param rest what else the reply says: names of components in it are no personal data in the picture either
 */
export async function drawPicture(
  picture: Picture,
  redactor: Redactor,
  rest: unknown,
): Promise<{ picture: DrawnPicture; notes: readonly Note[] }> {
  const words = readable(plainJson({ words: picture.words, alt: picture.alt }) as { words: never; alt: string });
  const entities = entityNames(plainJson([rest, picture.words]));
  const clean = await redactor.clean(words, { entities });
  const svg = picture.draw(clean.words);
  try {
    const { toPng } = await import('../render/png.ts');
    return { picture: { svg, png: await toPng(svg), alt: clean.alt }, notes: [] };
  } catch {
    return { picture: { svg, alt: clean.alt }, notes: [NO_PNG] };
  }
}

const NO_PNG: Note = {
  kind: 'data_quality',
  what: 'picture',
  text: 'The picture could not be made a PNG: the rasteriser (sharp) does not run on this machine.',
  remedy: 'Install sharp for this platform; from the shell, --out FILE.svg writes the picture without it.',
};
