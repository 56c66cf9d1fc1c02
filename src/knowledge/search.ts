import type { CatalogEntry, KnowledgeHit, PastIncident, Runbook } from '../model/knowledge.ts';
import { formatInstant } from '../model/time.ts';
import { wordsOf } from './words.ts';

/** What a search looks through. */
export interface Library {
  readonly services: readonly CatalogEntry[];
  readonly runbooks: readonly Runbook[];
  readonly incidents: readonly PastIncident[];
}

interface Document {
  readonly hit: Omit<KnowledgeHit, 'score' | 'excerpt'>;
  /** Names and titles, which say more than a passage. */
  readonly head: string;
  readonly passages: readonly string[];
}

/** How often a word in a title counts, and the usual constants of BM25. */
const HEAD_WEIGHT = 4;
const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;
const EXCERPT = 300;

/**
 * Services, runbooks and past incidents by words, best first (Okapi BM25; names, titles, services and alerts count four times). The same
 * words give the same order; ties go by kind and id.
 * @param text what is looked for
 * @param library see there
 * @param kinds only these
 * @returns only what shares a word with the text; scores compare within one search
 * @see Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond, 2009
 * @example searchKnowledge('nothing', { services: [], runbooks: [], incidents: [] }) // => []
 */
export function searchKnowledge(text: string, library: Library, kinds?: readonly KnowledgeHit['kind'][]): KnowledgeHit[] {
  const documents = documentsOf(library).filter(({ hit }) => !kinds || kinds.includes(hit.kind));
  const counted = documents.map(({ head, passages }) => {
    const counts = new Map<string, number>();
    const add = (words: readonly string[], weight: number) => {
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + weight);
    };
    add(wordsOf(head), HEAD_WEIGHT);
    for (const passage of passages) add(wordsOf(passage), 1);
    return { counts, length: [...counts.values()].reduce((sum, n) => sum + n, 0) };
  });
  const usual = counted.reduce((sum, { length }) => sum + length, 0) / Math.max(1, counted.length);
  const asked = [...new Set(wordsOf(text))];
  const rarity = new Map(
    asked.map(word => {
      const holders = counted.filter(({ counts }) => counts.has(word)).length;
      return [word, Math.log(1 + (counted.length - holders + 0.5) / (holders + 0.5))];
    }),
  );
  return documents
    .map(({ hit, head, passages }, i): KnowledgeHit => {
      const { counts, length } = counted[i]!;
      const score = asked.reduce((sum, word) => {
        const n = counts.get(word) ?? 0;
        return sum + (rarity.get(word)! * n * (SATURATION + 1)) / (n + SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * length) / usual));
      }, 0);
      return { ...hit, score: Number(score.toFixed(3)), excerpt: score > 0 ? excerptOf(passages, head, new Set(asked)) : '' };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (`${a.kind} ${a.id}` < `${b.kind} ${b.id}` ? -1 : 1));
}

function documentsOf({ services, runbooks, incidents }: Library): Document[] {
  return [
    ...services.map(
      (entry): Document => ({
        hit: { kind: 'service', id: entry.name, title: entry.title ?? entry.name, origin: entry.origin },
        head: [entry.name, entry.title, ...entry.aliases].filter(Boolean).join(' '),
        passages: [
          entry.description ?? '',
          [entry.owner, entry.tier, entry.system, entry.kind, ...entry.tags].filter(Boolean).join(' '),
          entry.dependsOn.length ? `depends on ${entry.dependsOn.join(', ')}` : '',
        ].filter(Boolean),
      }),
    ),
    ...runbooks.map(
      (runbook): Document => ({
        hit: { kind: 'runbook', id: runbook.id, title: runbook.title, origin: runbook.origin },
        head: [runbook.title, ...runbook.services, ...runbook.alerts, ...runbook.tags].join(' '),
        passages: runbook.text.split(/\n\s*\n/).filter(passage => passage.trim() !== ''),
      }),
    ),
    ...incidents.map(
      (incident): Document => ({
        hit: {
          kind: 'incident',
          id: incident.id,
          title: incident.title,
          origin: `recorded by ${incident.recordedBy} at ${formatInstant(incident.recordedAt)}`,
        },
        head: [incident.title, ...incident.services, incident.cause?.entity.name, incident.cause?.fault].filter(Boolean).join(' '),
        passages: [incident.cause?.summary ?? '', incident.resolution ?? '', ...incident.symptoms].filter(Boolean),
      }),
    ),
  ];
}

/** The passage that shares most of what is looked for. */
function excerptOf(passages: readonly string[], head: string, asked: ReadonlySet<string>): string {
  const shared = passages.map(passage => new Set(wordsOf(passage).filter(word => asked.has(word))).size);
  const best = shared.length ? shared.indexOf(Math.max(...shared)) : -1;
  const text = (passages[best] ?? head).replace(/\s+/g, ' ').trim();
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT - 1)}…` : text;
}
