import type { Note } from '../../model/answer.ts';

/** What the server says beside the data. What is known is said in our words; the others are data, for the evidence. */
export function toldNotes(
  source: string,
  warnings: readonly string[],
  infos: readonly string[],
  partial: boolean,
): { notes: readonly Note[]; complete: boolean; said: readonly string[] } {
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
  const said: string[] = [];
  for (const one of others) {
    const text = ownWords(source, one);
    if (text === undefined) said.push(one.slice(0, LONGEST));
    else if (!notes.some(note => note.text === text)) notes.push({ kind: 'data_quality', source, text });
  }
  if (said.length > 0) {
    const times = said.length === 1 ? 'once' : `${said.length} times`;
    notes.push({ kind: 'data_quality', source, text: `${source} warns ${times} about this query; get_evidence shows its words.` });
  }
  return { notes, complete: !missing, said: said.slice(0, MOST_SAID) };
}

const LONGEST = 200;
const MOST_SAID = 5;

/** Thanos and its kin name the store that failed; VictoriaMetrics sets `isPartial`. */
function isPartial(warning: string): boolean {
  return /no StoreAPIs matched|receive series|fetch series|store.*(unavailable|failed|refused)|partial|addr:|rpc error/i.test(warning);
}

function ownWords(source: string, said: string): string | undefined {
  if (/results? (?:was|were)? ?truncated due to limit/i.test(said)) return `${source} has more series than were asked for.`;
  const metric = /metric might not be a counter.*?"([\w:]+)"/.exec(said)?.[1];
  if (metric) return `${metric} might not be a counter: its name does not end as a counter's; a rate of it may mean nothing.`;
  if (/mix of (?:classic and native|histograms and floats)|mixed/i.test(said))
    return `${source} warns that histograms and plain values are mixed.`;
  return undefined;
}
