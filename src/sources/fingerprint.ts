import type { Labels } from '../model/series.ts';

const OFFSET = 14695981039346656037n;
const PRIME = 1099511628211n;
const MASK = (1n << 64n) - 1n;

/**
 * An alert's fingerprint as Alertmanager computes it, so that an alert has one id wherever it is seen: FNV-1a of its sorted labels, each
 * name and value followed by the byte 255.
 * @see https://pkg.go.dev/github.com/prometheus/common/model#LabelSet.Fingerprint
 */
export function fingerprintOf(labels: Labels): string {
  let hash = OFFSET;
  const add = (byte: number) => {
    hash = ((hash ^ BigInt(byte)) * PRIME) & MASK;
  };
  for (const name of Object.keys(labels).sort()) {
    for (const part of [name, labels[name]!]) {
      for (const byte of Buffer.from(part, 'utf8')) add(byte);
      add(255);
    }
  }
  return hash.toString(16).padStart(16, '0');
}
