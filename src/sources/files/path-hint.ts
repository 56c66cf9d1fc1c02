import { serviceOfPod } from '../../analysis/metrics/entity.ts';

/** What a file's path says about who wrote it; `''` = nothing. */
export interface PathHint {
  readonly service: string;
  readonly instance: string;
  /** True when the path follows the layout of a bundle or of Kubernetes, rather than being some name. */
  readonly strong: boolean;
}

/** Names that many programs give their log: they say nothing about the program. */
const GENERIC =
  /^(?:app|apps|application|out|output|stdout|stderr|std|err|error|errors|access|messages|syslog|log|logs|server|service|console|debug|info|warn|warning|trace|system|current|main|all|combined|root|latest|json|spans?|traces?|metrics?|part|\d+|[0-9a-f]{12,}(?:-json)?)$/i;
const LOGS_FOLDER = /^logs?$/i;

/** The parts of a name that rotation, compression and the kind of file add: `app.log.2.gz`, `app-20240501.log`. */
export function streamName(name: string): string {
  let text = name.replace(/\.(?:gz|zst|bz2|zip|xz)$/i, '');
  for (let i = 0; i < 3; i++) {
    text = text
      .replace(/[.-]\d{4}[-_.]?\d{2}[-_.]?\d{2}(?:[T_.-]?\d{2}[-_.:]?\d{2}(?:[-_.:]?\d{2})?)?(?=\.|$)/, '')
      .replace(/\.(?:\d{1,4}|old|bak|prev)$/i, '');
  }
  return text;
}

/** Place in a rotated set: 0 = the live file, larger = older. A date in the name sorts by itself: later is younger. */
export function rotation(name: string): { number: number; date: string } {
  const text = name.replace(/\.(?:gz|zst|bz2|zip|xz)$/i, '');
  const date = /[.-](\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?:[T_.-]?(\d{2})[-_.:]?(\d{2})(?:[-_.:]?(\d{2}))?)?(?=\.|$)/.exec(text);
  const number = /\.(\d{1,4})(?:\.(?:log|txt|jsonl?))?$/.exec(text);
  return { number: number ? Number(number[1]) : /\.(?:old|bak|prev)$/i.test(text) ? 1 : 0, date: date ? date.slice(1).join('') : '' };
}

/** `logs/<service>/<pod or host>.log` and `logs/<pod>.log` of interfaces.md §1, and the folders of Kubernetes. */
export function pathHint(name: string): PathHint {
  const parts = name.split('/');
  const file = parts.pop()!;
  const from = parts.findLastIndex(part => LOGS_FOLDER.test(part));
  const folders = from >= 0 ? parts.slice(from + 1) : parts.slice(-2);
  const base = streamName(file).replace(/\.(?:log|txt|jsonl?|ndjson|out|err|csv)$/i, '');
  const container = /^([a-z0-9][a-z0-9.-]*)_[a-z0-9-]+_([a-z0-9][a-z0-9.-]*)-[0-9a-f]{64}$/.exec(base);
  if (container) return ofPod(container[1]!);
  for (const folder of folders) {
    const pod = /^[a-z0-9-]+_([a-z0-9][a-z0-9.-]*)_[0-9a-f-]{32,36}$/.exec(folder);
    if (pod) return ofPod(pod[1]!);
  }
  const owner = folders.findLast(folder => !GENERIC.test(folder) && !/^(?:metrics|traces|alerts|changes)$/i.test(folder));
  const stem = base.replace(/[._-](?:access|error|errors|stdout|stderr|out|err|log|json|app|slow|general|audit|gc)$/i, '');
  const podService = serviceOfPod(base);
  if (from >= 0 && owner !== undefined)
    return {
      strong: true,
      service: serviceOfPod(owner) ?? owner,
      instance: GENERIC.test(base) || stem === owner ? (serviceOfPod(owner) ? owner : '') : base,
    };
  if (podService !== undefined) return { service: podService, instance: base, strong: true };
  if (!GENERIC.test(stem) && stem !== '') return { service: stem, instance: '', strong: from >= 0 };
  return owner === undefined ? { service: '', instance: '', strong: false } : ofPod(owner);
}

function ofPod(name: string): PathHint {
  const service = serviceOfPod(name);
  return service === undefined ? { service: name, instance: '', strong: false } : { service, instance: name, strong: true };
}
