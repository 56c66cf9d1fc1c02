import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { SreError } from '../model/errors.ts';
import type { Caller } from '../model/tool.ts';

interface Entry extends Caller {
  readonly digest: Buffer;
}

/** Who may call over HTTP. */
export interface Callers {
  /** The caller behind an `Authorization` header; undefined = nobody. */
  identify(header: string | undefined): Caller | undefined;
}

const LINE = /^(?<name>[A-Za-z0-9][A-Za-z0-9_.@-]{0,63})\s+sha256:(?<digest>[0-9a-f]{64})(?:\s+(?<scopes>\S+))?$/;
/** Looking, and recording incidents. */
const SCOPES = ['sre:read', 'sre:write'];
const HOW = `Write one \`NAME sha256:HEX [SCOPE,SCOPE]\` a line; HEX is what \`printf %s "$TOKEN" | sha256sum\` prints, scopes are ${SCOPES.join(' and ')} (sre:read when none is named).`;

/**
 * Callers from a file of hashed bearer tokens. The file holds no secret: a token has at least 128 random bits, so that its plain hash
 * tells nothing. A changed file is read again at the next call, which is how a token is revoked or added without a restart.
 *
 * @throws SreError `unreadable` or `invalid_argument` when the file cannot be used; once running, a broken file lets nobody in
 */
export function callersFromFile(path: string, report: (failure: unknown) => void): Callers {
  let entries = readEntries(path);
  let stamp = stampOf(path);
  return {
    identify(header) {
      const now = stampOf(path);
      if (now !== stamp) {
        stamp = now;
        try {
          entries = readEntries(path);
        } catch (failure) {
          entries = [];
          report(failure);
        }
      }
      const token = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
      return token === undefined ? undefined : match(entries, token);
    },
  };
}

/** Compares with every entry, whatever was found before, so that the time tells neither whether nor where a token stands. */
function match(entries: readonly Entry[], token: string): Caller | undefined {
  const digest = createHash('sha256').update(token).digest();
  let found: Entry | undefined;
  for (const entry of entries) if (timingSafeEqual(entry.digest, digest)) found = entry;
  return found && { id: found.id, scopes: found.scopes };
}

function stampOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return 'gone';
  }
}

function readEntries(path: string): Entry[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SreError('unreadable', `The token file ${path} cannot be read.`, { hint: 'Check the path after --tokens.', cause });
  }
  const entries: Entry[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    const groups = LINE.exec(line.trim())?.groups;
    if (!groups) throw new SreError('invalid_argument', `Line ${i + 1} of the token file ${path} is not a caller.`, { hint: HOW });
    const id = groups['name']!;
    if (entries.some(entry => entry.id === id)) {
      throw new SreError('invalid_argument', `The token file ${path} names ${id} twice.`, {
        hint: 'Stored results belong to a name: give each caller its own.',
      });
    }
    const scopes = groups['scopes']?.split(',') ?? ['sre:read'];
    const unknown = scopes.find(scope => !SCOPES.includes(scope));
    if (unknown !== undefined)
      throw new SreError('invalid_argument', `Line ${i + 1} of the token file ${path} names the scope "${unknown}".`, { hint: HOW });
    entries.push({ id, scopes, digest: Buffer.from(groups['digest']!, 'hex') });
  });
  if (entries.length === 0) throw new SreError('invalid_argument', `The token file ${path} names no caller.`, { hint: HOW });
  return entries;
}
