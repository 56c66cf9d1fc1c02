import type { Draft } from '../draft.ts';
import { type LogFormat, sample } from '../format.ts';
import { indexWithin } from '../index-within.ts';

/** Kubernetes' container runtime interface: `time stream tag line`, where `P` marks a part that goes on in the next line. */
export const cri: LogFormat = {
  name: 'cri',
  rank: 9,
  first: '9',
  envelope: true,
  read(text, lo, hi, draft) {
    if (text.charCodeAt(lo + 10) !== 84) return false;
    const end = draft.readTime(text, lo, hi);
    if (end < 0 || !(text.startsWith(' stdout ', end) || text.startsWith(' stderr ', end)) || end + 9 > hi) return false;
    const tag = text.charCodeAt(end + 8);
    let p = end + 9;
    if ((tag !== 70 && tag !== 80) || (p < hi && text.charCodeAt(p) !== 32 && text.charCodeAt(p) !== 58)) return false;
    while (p < hi && text.charCodeAt(p) !== 32) p++;
    draft.takeTime();
    draft.set('log.iostream', text.charCodeAt(end + 4) === 111 ? 'stdout' : 'stderr');
    draft.partial = tag === 80;
    draft.key = text.charCodeAt(end + 4) === 111 ? '' : 'stderr';
    draft.body(text, Math.min(p + 1, hi), hi);
    return true;
  },
  samples: [
    sample('2024-05-01T10:00:00.123456789Z stdout F started', '2024-05-01T10:00:00.123Z', null, null, 'started'),
    sample('2024-05-01T10:00:01.5Z stderr F cannot bind', '2024-05-01T10:00:01.500Z', null, null, 'cannot bind'),
    sample('2024-05-01T12:00:02.000000001+02:00 stdout F   indented', '2024-05-01T10:00:02Z', null, null, '  indented'),
    sample(
      '2024-05-01T10:00:03Z stdout F 2024-05-01 10:00:02.900 ERROR [main] shop.Cart - lost',
      '2024-05-01T10:00:02.900Z',
      'ERROR',
      'shop.Cart',
      'lost',
    ),
    sample('2024-05-01T10:00:04Z stdout F', '2024-05-01T10:00:04Z', null, null, ''),
  ],
  nearMisses: ['2024-05-01T10:00:00Z stdout closed', '2024-05-01T10:00:00Z stdout X value'],
};

/** `kubectl logs --prefix [--timestamps]`: `[pod/NAME/CONTAINER] [time] line`. */
export const kubectlPrefix: LogFormat = {
  name: 'kubectl-prefix',
  rank: 9,
  first: '[',
  envelope: true,
  read(text, lo, hi, draft) {
    if (!text.startsWith('[pod/', lo)) return false;
    const slash = indexWithin(text, '/', lo + 5, hi);
    const shut = indexWithin(text, ']', lo + 5, hi);
    if (slash < 0 || shut < 0 || slash > shut || shut - lo > 400) return false;
    draft.instance = draft.name(text, lo + 5, slash);
    draft.service = draft.name(text, slash + 1, shut);
    draft.key = draft.instance + draft.service;
    stamped(text, shut + 2, hi, draft);
    return true;
  },
  samples: [
    sample('[pod/cart-7d5b8-x2x9k/cart] ready', null, null, 'cart', 'ready'),
    sample('[pod/cart-7d5b8-x2x9k/cart] 2024-05-01T10:00:00.5Z ready', '2024-05-01T10:00:00.500Z', null, 'cart', 'ready'),
    sample('[pod/web-0/nginx] 2024-05-01T10:00:01Z ERROR down', '2024-05-01T10:00:01Z', 'ERROR', 'nginx', 'down'),
    sample(
      '[pod/db-0/postgres] 2024-05-01 10:00:02.000 UTC [7] LOG:  checkpoint starting',
      '2024-05-01T10:00:02Z',
      'INFO',
      'postgres',
      'checkpoint starting',
    ),
    sample('[pod/web-0/sidecar] {"level":"warn","ts":1714557603,"msg":"slow"}', '2024-05-01T10:00:03Z', 'WARN', 'sidecar', 'slow'),
  ],
  nearMisses: ['[pod/incomplete] text', '[pods/a/b] text'],
};

/** `docker compose logs [-t]`: the service padded to a column, then `| `. */
export const composePrefix: LogFormat = {
  name: 'compose-prefix',
  rank: 8,
  first: 'a9',
  envelope: true,
  read(text, lo, hi, draft) {
    let p = lo;
    while (p < hi && p - lo < 64 && isNamePart(text.charCodeAt(p))) p++;
    const end = p;
    while (p < hi && text.charCodeAt(p) === 32) p++;
    if (p === end || p >= hi || text.charCodeAt(p) !== 124 || (p + 1 < hi && text.charCodeAt(p + 1) !== 32)) return false;
    const replica = /[-_]\d+$/.exec(text.slice(lo, end));
    // without a number of the replica only the padding tells the prefix from a table
    if (replica === null && p - end < 2) return false;
    draft.service = replica ? draft.name(text, lo, end - replica[0].length) : draft.name(text, lo, end);
    draft.instance = draft.name(text, lo, end);
    draft.key = draft.instance;
    stamped(text, Math.min(p + 2, hi), hi, draft);
    return true;
  },
  samples: [
    sample('web-1    | listening on :8080', null, null, 'web', 'listening on :8080'),
    sample('db-1     | 2024-05-01 10:00:00.000 UTC [1] LOG:  ready', '2024-05-01T10:00:00Z', 'INFO', 'db', 'ready'),
    sample('worker_2 | 2024-05-01T10:00:01.25Z took the job', '2024-05-01T10:00:01.250Z', null, 'worker', 'took the job'),
    sample('cache  | ready', null, null, 'cache', 'ready'),
    sample('api-12 | level=error ts=2024-05-01T10:00:02Z msg=down', '2024-05-01T10:00:02Z', 'ERROR', 'api', 'down'),
  ],
  nearMisses: ['id | name', 'a || b', 'total | 12 | 13'],
};

/** A collector's stamp before the line, as `--timestamps` puts it. */
function stamped(text: string, from: number, hi: number, draft: Draft): void {
  const lo = Math.min(from, hi);
  // RFC 3339 with nine digits or Z; an application's own stamp is left to its format
  if (text.charCodeAt(lo + 10) === 84) {
    const end = draft.readTime(text, lo, hi);
    if (end > 0 && end < hi && text.charCodeAt(end) === 32 && draft.time.flags === 0) {
      draft.takeTime();
      draft.body(text, end + 1, hi);
      return;
    }
  }
  draft.body(text, lo, hi);
}

function isNamePart(c: number): boolean {
  return (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 45 || c === 95 || c === 46;
}
