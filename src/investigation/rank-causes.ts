import type { Suspect } from '../analysis/rca/suspects.ts';
import type { Note, Reply } from '../model/answer.ts';
import { nearestNames } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import { formatInstant } from '../model/time.ts';
import type { Context } from '../model/tool.ts';
import { channelClaim, rounded, type Story } from './brief.ts';
import { examine } from './investigate.ts';
import { boundedSigmas } from './numbers.ts';
import { isBlind } from './observe.ts';
import { causeRow, type Examination, type Investigation, isDated } from './reply.ts';

export interface Ranking extends Investigation {
  /** Components whose guilt is asked about; empty = everything that shows anything. */
  readonly candidates: readonly string[];
}

/** Evidence of one suspect that is listed at most; what comes after is weaker. */
const MOST_SIGNS = 12;

/**
 * How likely each suspect is the cause, with every sign that counts for or against it: the same judgement as `investigate`, shown in full.
 * A candidate that shows nothing is listed with that.
 * @throws SreError as `investigate`
 */
export async function rankCauses(request: Ranking, context: Context): Promise<Reply> {
  const answer = (examination: Examination) => composeRanking(request, examination);
  return answer(await examine(request, context, conclude => context.publish(() => answer(conclude()))));
}

function composeRanking({ candidates, top }: Ranking, examination: Examination): Reply {
  const { suspects, verdict, confidence, story, request, healthy, notes } = examination;
  const { components } = story.observed;
  const asked = candidates.map(name => ({ name, component: components.find(name)?.name }));
  const wanted = new Set(asked.flatMap(({ component }) => component ?? []));
  const isShown = (suspect: Suspect, i: number) => (candidates.length ? wanted.has(suspect.component) : i < top);
  const rows = suspects.flatMap((suspect, i): JsonObject[] => {
    if (!isShown(suspect, i)) return [];
    const { summary, ...row } = causeRow(suspect, i, suspects, confidence, story);
    return [{ rank: i + 1, ...row }];
  });
  const signs = suspects.flatMap((suspect, i) => (isShown(suspect, i) ? signsOf(suspect, story) : []));
  const silent = [...wanted].filter(name => !suspects.some(suspect => suspect.component === name));
  const first = rows[0];
  return {
    summary: first
      ? `${candidates.length ? `Of those asked about ${(first['entity'] as JsonObject)['name']} ranks highest, at ${first['rank']}` : `${(first['entity'] as JsonObject)['name']} ranks first`} of ${suspects.length} suspects (confidence ${first['confidence']}). Verdict over all: ${verdict}.`
      : isBlind(story.observed)
        ? 'There is nothing to look at, so that nothing speaks for or against anybody.'
        : candidates.length
          ? `Nothing speaks against ${candidates.join(', ')}. Verdict over all: ${verdict}.`
          : 'Nothing stands out beyond healthy time.',
    window: request.window,
    facts: {
      verdict,
      onset: isDated({ verdict, suspects }) ? formatInstant(story.onset) : null,
      baseline: healthy.map(one => ({ start: formatInstant(one.start), end: formatInstant(one.end) })),
      suspects: suspects.length,
    },
    sections: [
      { key: 'causes', rows, priority: 0 },
      { key: 'signs', rows: signs, priority: 2 },
      { key: 'withoutSigns', rows: silent.map(name => ({ name, claim: 'Nothing of it differs from healthy time.' })), priority: 1 },
    ],
    notes: [...notes, ...asked.filter(({ component }) => !component).map(({ name }) => unknown(name, story))],
  };
}

/** Everything that was seen of a suspect, strongest first. */
function signsOf(suspect: Suspect, story: Story): JsonObject[] {
  return suspect.channels.slice(0, MOST_SIGNS).map(channel => {
    const { claim, evidence } = channelClaim(suspect.component, channel, story);
    return { of: suspect.component, kind: channel.name, sigmas: rounded(boundedSigmas(channel.z)), claim, evidence: [...evidence] };
  });
}

function unknown(name: string, { observed }: Story): Note {
  const near = nearestNames(
    name,
    observed.components.all().map(component => component.name),
  );
  return {
    kind: 'not_looked_at',
    what: name,
    text: `No source knows a component "${name}".`,
    remedy: near.length ? `Did you mean ${near.join(' or ')}?` : 'discover lists the services.',
  };
}
