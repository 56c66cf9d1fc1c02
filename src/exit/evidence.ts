import type { Evidence, EvidenceId } from '../model/evidence.ts';
import type { Json } from '../model/json.ts';
import { contentHash } from '../runtime/hash.ts';

/** `ev_` + 12 letters or digits from the SHA-256 of the evidence: the same question on the same data has the same id. */
export function evidenceId(evidence: Evidence): EvidenceId {
  return `ev_${contentHash(12, evidence as unknown as Json)}`;
}

/** What one call looked at; `leave` makes it durable before the answer goes out. */
export interface EvidenceRecorder {
  /** For `Context.record`; may be used without its object. */
  record(evidence: Evidence): EvidenceId;
  /** Everything recorded so far, in order. */
  all(): ReadonlyMap<EvidenceId, Evidence>;
}

export function evidenceRecorder(): EvidenceRecorder {
  const recorded = new Map<EvidenceId, Evidence>();
  return {
    record(evidence) {
      const id = evidenceId(evidence);
      recorded.set(id, evidence);
      return id;
    },
    all: () => recorded,
  };
}
