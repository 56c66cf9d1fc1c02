import type { FileKind } from '../../bundle/recognise.ts';
import type { Note } from '../../model/answer.ts';
import type { Io } from '../../model/source.ts';
import type { TimeWindow } from '../../model/time.ts';
import { type Catalog, type CatalogFile, eachOf, type Listing } from './catalog.ts';
import type { Content } from './content.ts';
import { manifestNotes, unreadableNotes } from './notes.ts';

export interface Loaded {
  readonly listing: Listing;
  readonly files: readonly { readonly file: CatalogFile; readonly content: Content }[];
  readonly notes: Note[];
  /** False when something of these kinds could not be read. */
  readonly complete: boolean;
}

const AT_ONCE = 4;

/** All files of some kinds, read (or remembered); what was odd or missing comes as notes. */
export async function load(catalog: Catalog, kinds: ReadonlySet<FileKind>, io: Io, window?: TimeWindow): Promise<Loaded> {
  const listing = await catalog.list(io.signal);
  const wanted = listing.files.filter(file => kinds.has(file.recognised.kind));
  const notes = unreadableNotes(listing);
  let complete = notes.length === 0;
  notes.push(...manifestNotes(listing));
  const contents = new Array<Content | undefined>(wanted.length);
  let done = 0;
  await eachOf(wanted, AT_ONCE, async (file, i) => {
    try {
      contents[i] = await catalog.content(file, listing, io.signal, window);
    } catch (error) {
      if (io.signal.aborted) throw error;
      contents[i] = undefined;
    }
    io.progress(++done, wanted.length, file.name);
  });
  const files: { file: CatalogFile; content: Content }[] = [];
  for (const [i, file] of wanted.entries()) {
    const content = contents[i];
    if (!content) {
      complete = false;
      notes.push({
        kind: 'not_looked_at',
        what: file.name,
        text: `${file.name} could not be read.`,
        remedy: 'Check its permissions and whether it still exists.',
      });
      continue;
    }
    files.push({ file, content });
    if (content.damage !== undefined) {
      complete = false;
      notes.push({ kind: 'not_looked_at', what: file.name, text: `${file.name} ${content.damage}; what could be read was used.` });
    }
    for (const oddity of content.oddities) notes.push({ kind: 'data_quality', what: file.name, text: `In ${file.name} ${oddity}.` });
  }
  return { listing, files, notes, complete };
}
