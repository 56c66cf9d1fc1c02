import { z } from 'zod';
import type { Note } from '../model/answer.ts';
import { SreError } from '../model/errors.ts';
import type { Condition, LogQuery } from '../model/log.ts';
import { formatInstant, parseWindow, type TimeWindow } from '../model/time.ts';
import type { Context } from '../model/tool.ts';

/** Arguments that several tools take, worded once. */
export const windowArgument = z
  .string()
  .max(200)
  .optional()
  .describe('Time window, half open: `START/END`, `last 2h`, `around T ± 15m`. RFC 3339, epoch or `now-1h`. Default: last 1h.');
export const servicesArgument = z
  .array(z.string().max(200))
  .max(50)
  .optional()
  .describe('Only these services, pods or hosts, named as in the data.');
export const whereArgument = z
  .array(z.string().max(500))
  .max(20)
  .optional()
  .describe('Conditions, all must hold: `field=value`, `!=`, `~` (regex), `!~`, `>`, `<`, `>=`, `<=`.');
export const LOGS = { what: 'logs', remedy: 'Add log files with --files.' };

/** What narrows log records down, the same for every tool that reads them. */
export const logArguments = {
  window: windowArgument,
  services: servicesArgument,
  level: z.enum(['ERROR', 'WARN', 'INFO', 'DEBUG']).optional().describe('This level and worse.'),
  contains: z.array(z.string().max(500)).max(10).optional().describe('Texts that must all occur in the message; case does not matter.'),
  where: whereArgument,
};
export const limitArgument = (most: number, fallback: number, what: string) =>
  z.number().int().min(1).max(most).default(fallback).describe(`Most ${what} to return.`);

export interface ResolvedWindow {
  readonly window: TimeWindow;
  readonly notes: readonly Note[];
}

/** The window of a call. Without words it is the hour before `now`, or what recordings have of it; their newest record belongs to it. */
export function resolveWindow(text: string | undefined, context: Context): ResolvedWindow {
  const { now, zone, extent } = context;
  const end = context.recordedNow ? now + 1 : now;
  if (text === undefined || text.trim() === '') {
    const hour = end - 3_600_000;
    const start = context.recordedNow && extent ? Math.max(hour, extent.start) : hour;
    return { window: { start, end }, notes: nowNotes(context) };
  }
  const { window, notes } = parseWindow(text, { now: end, zone, ...(extent ? { extent } : {}) });
  return { window, notes: [...notes, ...(/now|last|^-|since/i.test(text) ? nowNotes(context) : [])] };
}

export function logQueryOf(input: z.infer<z.ZodObject<typeof logArguments>>, window: TimeWindow): LogQuery {
  return {
    window,
    where: parseConditions(input.where),
    ...(input.services ? { services: input.services } : {}),
    ...(input.level ? { level: input.level } : {}),
    ...(input.contains ? { contains: input.contains } : {}),
  };
}

/**
 * What to say when a query found nothing, because "no data" is believed too easily: that no source could have had it, or what to try.
 * @param absent the note's subject and remedy when no source has the port
 */
export function emptyNotes(
  asked: number,
  absent: { readonly what: string; readonly remedy: string },
  advice: string,
  context: Context,
): Note[] {
  if (!asked) return [{ kind: 'not_looked_at', what: absent.what, text: `No source has ${absent.what}.`, remedy: absent.remedy }];
  const covers = context.extent ? ` The data cover ${formatInstant(context.extent.start)} to ${formatInstant(context.extent.end)}.` : '';
  return [{ kind: 'next', text: advice + covers }];
}

function nowNotes(context: Context): Note[] {
  if (!context.recordedNow) return [];
  return [{ kind: 'time', text: 'All sources are recordings: `now` is their newest record.' }];
}

const CONDITION = /^\s*([^=!~<>\s][^=!~<>]*?)\s*(!=|!~|>=|<=|=|~|>|<)\s*(.*?)\s*$/s;

/** `field op value` to a condition. A regular expression is compiled here once, so that a wrong one is refused at the door. */
export function parseConditions(texts: readonly string[] | undefined): Condition[] {
  return (texts ?? []).map(text => {
    const match = CONDITION.exec(text);
    if (!match) {
      throw new SreError('invalid_argument', `The condition "${text}" is not \`field op value\`.`, {
        hint: 'Write it like `status>=500` or `path~^/api`. Operators: = != ~ !~ > < >= <=.',
      });
    }
    const [, field, op, value] = match as unknown as [string, string, Condition['op'], string];
    if (op === '~' || op === '!~') checkPattern(value);
    return { field, op, value: unquoted(value) };
  });
}

function checkPattern(pattern: string): void {
  try {
    new RegExp(pattern);
  } catch {
    throw new SreError('invalid_argument', `"${pattern}" is not a regular expression.`, {
      hint: 'Escape special characters with \\, or use = for an exact value.',
    });
  }
  if (/\([^)]*[+*][^)]*\)\s*[+*{]/.test(pattern)) {
    throw new SreError('invalid_argument', `The regular expression "${pattern}" repeats a repetition, which can run without end.`, {
      hint: 'Write it without nested `+` or `*`.',
    });
  }
}

function unquoted(value: string): string {
  const match = /^(["'])(.*)\1$/s.exec(value);
  return match ? match[2]! : value;
}
