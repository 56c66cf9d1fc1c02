import type { PastIncident } from '../model/knowledge.ts';
import { wordsOf } from './words.ts';

/** What is known of an incident while it goes on. */
export interface Signature {
  readonly services: readonly string[];
  readonly cause?: { readonly name: string; readonly fault: string };
  /** Templates, alerts, measures that show it. */
  readonly symptoms: readonly string[];
}

export interface SimilarIncident {
  readonly incident: PastIncident;
  /** 0–1. */
  readonly similarity: number;
  /** What both have, in words. */
  readonly shared: string;
}

/** What counts how much: the same broken thing in the same way is nearly the same incident. */
const WEIGHTS = { cause: 0.35, fault: 0.2, services: 0.2, symptoms: 0.25 };
const LEAST = 0.2;

/**
 * Past incidents that resemble one: the same cause, the same kind of fault, the same services, symptoms that share words.
 * @param signature of the incident at hand
 * @param incidents recorded ones
 * @returns most alike first; only those that share something beyond one service
 * @example similarIncidents({ services: [], symptoms: [] }, []) // => []
 */
export function similarIncidents(signature: Signature, incidents: readonly PastIncident[]): SimilarIncident[] {
  const words = new Set(signature.symptoms.flatMap(wordsOf));
  return incidents
    .map((incident): SimilarIncident => {
      const sameCause = signature.cause !== undefined && incident.cause?.entity.name === signature.cause.name;
      const sameFault =
        signature.cause !== undefined && signature.cause.fault !== 'unknown' && incident.cause?.fault === signature.cause.fault;
      const services = overlap(new Set(signature.services), new Set(incident.services));
      const symptoms = overlap(words, new Set(incident.symptoms.flatMap(wordsOf)));
      const similarity =
        (sameCause ? WEIGHTS.cause : 0) + (sameFault ? WEIGHTS.fault : 0) + WEIGHTS.services * services + WEIGHTS.symptoms * symptoms;
      const shared = [
        sameCause ? `cause ${signature.cause!.name}` : '',
        sameFault ? `fault ${signature.cause!.fault}` : '',
        services > 0 ? `services ${signature.services.filter(name => incident.services.includes(name)).join(', ')}` : '',
        symptoms >= 0.2 ? 'symptoms in the same words' : '',
      ];
      return { incident, similarity: Number(similarity.toFixed(2)), shared: shared.filter(Boolean).join('; ') };
    })
    .filter(({ similarity }) => similarity >= LEAST)
    .sort((a, b) => b.similarity - a.similarity || b.incident.start - a.incident.start);
}

/** Share of the smaller set that lies in the other. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const smaller = Math.min(a.size, b.size);
  return smaller === 0 ? 0 : [...a].filter(one => b.has(one)).length / smaller;
}
