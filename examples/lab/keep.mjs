// What remains of a recording: the bundle, the scorer's case, the truth.
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * Copies the bundle to `out` and writes its case and its truth into the folder `bench`.
 * @param {{ base: string, out: string, bench: string, name: string, faultName: string, fault: object, group?: string, seed: number, sealed: boolean, secrets: string[] }} options
 */
export function keep({ base, out, bench, name, faultName, fault, group, seed, sealed, secrets }) {
  const facts = JSON.parse(readFileSync(join(base, 'facts.json'), 'utf8'));
  const bundle = join(base, 'bundle');
  const leak = findLeak(bundle, [base, ...secrets]);
  if (leak) throw new Error(`the bundle names the recording machine: ${leak}`);
  mkdirSync(dirname(out), { recursive: true });
  rmSync(out, { recursive: true, force: true });
  cpSync(bundle, out, { recursive: true });
  const bytes = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter(e => e.isFile())
    .reduce((sum, e) => sum + statSync(join(e.parentPath ?? e.path, e.name)).size, 0);
  const at = time => new Date(time).getTime();
  const iso = millis => new Date(Math.floor(millis / 1000) * 1000).toISOString().replace('.000', '');
  // What an on-call engineer would ask for: from shortly before the alert, or before the injection when the alert came late.
  const windowStart = Math.min(at(facts.injected) - 45_000, facts.alert ? at(facts.alert.startsAt) - 120_000 : Number.POSITIVE_INFINITY);
  const healthy = fault.accept.length === 0;
  const oneCase = {
    id: name,
    folders: [name],
    window: `${iso(windowStart)}/${iso(at(facts.end))}`,
    baseline: [`${iso(at(facts.begin))}/${iso(windowStart)}`],
    alert: facts.alert?.id ?? null,
    onset: null,
  };
  const truth = {
    id: name,
    accept: fault.accept,
    fault: fault.kind,
    group: group ?? fault.group ?? (healthy ? 'healthy' : (fault.kind ?? 'other')),
    injected: faultName,
    what: fault.what,
    visible: fault.visible,
    from: iso(at(facts.injected)),
    to: iso(at(facts.undone)),
    seed: seed,
    entryAlert: facts.alert?.name ?? null,
    requests: facts.requests,
  };
  mkdirSync(bench, { recursive: true });
  replaceLine(join(bench, sealed ? 'sealed-cases.jsonl' : 'cases.jsonl'), oneCase);
  replaceLine(join(bench, sealed ? 'sealed.jsonl' : 'truth.jsonl'), truth);
  console.log(
    `${out}: ${(bytes / 1e6).toFixed(2)} MB; entry alert: ${facts.alert?.name ?? 'none'}; before ${JSON.stringify(facts.requests.before)}, during ${JSON.stringify(facts.requests.during)}`,
  );
}

function replaceLine(path, entry) {
  const others = existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter(line => line && JSON.parse(line).id !== entry.id)
    : [];
  const lines = [...others, JSON.stringify(entry)].sort((a, b) => (JSON.parse(a).id < JSON.parse(b).id ? -1 : 1));
  rmSync(path, { force: true });
  appendFileSync(path, `${lines.join('\n')}\n`);
}

/** The first file that contains the recording machine's name or a path of it. */
function findLeak(folder, paths) {
  const traces = [hostname(), ...paths].filter(text => text.length > 3 && text !== 'localhost');
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const bytes = readFileSync(path);
    const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    const found = traces.find(trace => text.includes(trace));
    if (found) return `${path} contains ${found}`;
  }
  return undefined;
}
