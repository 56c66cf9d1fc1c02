import type { Note } from '../../model/answer.ts';

/** What the server says beside the data, as notes. Its own words are quoted as data; the known ones are said in ours. */
export function toldNotes(
  source: string,
  warnings: readonly string[],
  infos: readonly string[],
  partial: boolean,
): { notes: readonly Note[]; complete: boolean } {
  const missing = partial || warnings.some(isPartial);
  const notes: Note[] = missing
    ? [
        {
          kind: 'not_looked_at',
          what: source,
          source,
          text: `${source} could not ask all its stores: the answer is partial.`,
          remedy: 'Look at the stores behind it; what was stored in the missing ones is not here.',
        },
      ]
    : [];
  const others = [...warnings.filter(warning => !isPartial(warning)), ...infos];
  for (const [i, said] of others.entries()) {
    if (i >= SHOWN) {
      notes.push({ kind: 'data_quality', source, text: `${source} warns of ${others.length - SHOWN} things more.` });
      break;
    }
    notes.push({ kind: 'data_quality', source, text: warningText(source, said) });
  }
  return { notes, complete: !missing };
}

const SHOWN = 3;

/** Thanos and its kin name the store that failed; VictoriaMetrics sets `isPartial`. */
function isPartial(warning: string): boolean {
  return /no StoreAPIs matched|receive series|fetch series|store.*(unavailable|failed|refused)|partial|addr:|rpc error/i.test(warning);
}

function warningText(source: string, said: string): string {
  if (/results? (?:was|were)? ?truncated due to limit/i.test(said)) return `${source} has more series than were asked for.`;
  const metric = /metric might not be a counter.*?"([\w:]+)"/.exec(said)?.[1];
  if (metric) return `${metric} might not be a counter: its name does not end as a counter's; a rate of it may mean nothing.`;
  if (/mix of (?:classic and native|histograms and floats)|mixed/i.test(said))
    return `${source} warns that histograms and plain values are mixed.`;
  return `${source} warns: ${said.slice(0, 200)}`;
}
