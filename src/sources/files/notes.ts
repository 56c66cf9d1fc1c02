import type { Note } from '../../model/answer.ts';
import type { Listing } from './catalog.ts';

/** Files whose content nobody knows because they could not be opened: they concern every question. */
export function unreadableNotes(listing: Listing): Note[] {
  const notes: Note[] = [];
  for (const refused of listing.refused) {
    notes.push({
      kind: 'not_looked_at',
      what: refused.name,
      text: `${refused.name} ${refused.reason}.`,
      remedy:
        refused.code === 'outside'
          ? 'Add the folder it leads to with --allow.'
          : refused.code === 'not_found'
            ? 'Check the path.'
            : 'Give the user that runs sre-copilot the right to read it.',
    });
  }
  for (const file of listing.files) {
    if (file.unreadable !== undefined) {
      notes.push({
        kind: 'not_looked_at',
        what: file.name,
        text: `${file.name} ${file.unreadable}.`,
        remedy: 'Give the user that runs sre-copilot the right to read it.',
      });
    }
  }
  return notes;
}

/** Files that were opened but belong to no known kind. */
export function unrecognisedNotes(listing: Listing): Note[] {
  return listing.files
    .filter(file => file.recognised.kind === 'unrecognised' && file.unreadable === undefined)
    .map(file => ({ kind: 'not_looked_at', what: file.name, text: `${file.name} ${file.recognised.reason ?? 'is of no known kind'}.` }));
}

/** What of a bundle's manifest could not be understood: a zone that does not exist changes every answer. */
export function manifestNotes(listing: Listing): Note[] {
  return listing.manifests.flatMap(({ name, manifest }) =>
    manifest.oddities.map((oddity): Note => ({ kind: 'data_quality', what: name, text: `In ${name} ${oddity}.` })),
  );
}
