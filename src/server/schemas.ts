import { z } from 'zod';
import { nearestNames, SreError } from '../model/errors.ts';
import type { Tool } from '../model/tool.ts';

/** What every tool takes beside its own arguments; the server acts on them, a tool never sees them. */
export const commonArguments = {
  max_tokens: z.number().int().min(200).max(10_000).optional().describe('Most tokens of the answer.'),
  deadline_seconds: z.number().min(1).max(600).default(25).describe('Then the partial answer comes, with a continue_id.'),
  continue_id: z.string().max(40).optional().describe('Goes on with a call that met its deadline; same arguments.'),
};

export interface ToolArguments {
  readonly own: Record<string, unknown>;
  readonly maxTokens: number;
  readonly deadlineMs: number;
  readonly continueId: string | undefined;
}

type Schema = Readonly<Record<string, unknown>>;

const COMMON = new Set(Object.keys(commonArguments));

const fullInput = perTool(tool => tool.input.extend(commonArguments) as z.ZodObject);

/**
 * The JSON schema of a tool's arguments as clients get it, made once per process. Lengths are checked at the door but not advertised:
 * they cost every client tokens and tell a model nothing.
 */
export const inputJsonSchema = perTool(tool => trimmed(z.toJSONSchema(fullInput(tool), { io: 'input' })) as Schema);

function perTool<T>(make: (tool: Tool) => T): (tool: Tool) => T {
  const made = new WeakMap<Tool, T>();
  return tool => {
    if (!made.has(tool)) made.set(tool, make(tool));
    return made.get(tool)!;
  };
}

const NOT_ADVERTISED = new Set(['$schema', 'maxLength', 'maxItems', 'minLength', 'minItems']);

function trimmed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(trimmed);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !NOT_ADVERTISED.has(key))
      .map(([key, value]) => [key, trimmed(value)]),
  );
}

/**
 * Checks the arguments of a call at the door. Everything wrong is said in one error that names the argument and, for a name that does
 * not exist, the nearest that does.
 */
export function parseArguments(tool: Tool, raw: unknown): ToolArguments {
  const parsed = fullInput(tool).safeParse(raw ?? {});
  if (!parsed.success) throw argumentError(tool, parsed.error.issues);
  const { max_tokens, deadline_seconds, continue_id, ...own } = parsed.data as z.infer<z.ZodObject<typeof commonArguments>> &
    Record<string, unknown>;
  return { own, maxTokens: max_tokens ?? tool.defaultTokens, deadlineMs: deadline_seconds * 1000, continueId: continue_id };
}

/** The budget of a call whose arguments may be wrong: an error has to fit as well. */
export function budgetOf(tool: Tool, raw: unknown): number {
  const { success, data } = commonArguments.max_tokens.safeParse((raw as { max_tokens?: unknown } | null | undefined)?.max_tokens);
  return (success ? data : undefined) ?? tool.defaultTokens;
}

function argumentError(tool: Tool, issues: readonly z.core.$ZodIssue[]): SreError {
  const unknown = issues.flatMap(issue => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  const names = Object.keys(fullInput(tool).shape);
  if (unknown.length > 0) {
    const word = shown(unknown[0]);
    const nearest = nearestNames(unknown[0]!, names);
    return new SreError(
      'unknown_argument',
      `${tool.name} has no argument ${word}${unknown.length > 1 ? ` (nor ${unknown.slice(1, 4).map(shown).join(', ')})` : ''}.`,
      {
        hint: nearest.length
          ? `Did you mean ${nearest.join(' or ')}?`
          : `It takes ${names.filter(name => !COMMON.has(name)).join(', ') || 'none of its own'}.`,
      },
    );
  }
  const sentences = issues.slice(0, 3).map(issueSentence);
  return new SreError('invalid_argument', sentences.map(sentence => sentence.message).join(' '), {
    hint: sentences.find(sentence => sentence.hint)?.hint ?? 'Correct it and call again.',
  });
}

function issueSentence(issue: z.core.$ZodIssue): { message: string; hint?: string } {
  const name = issue.path.length ? `Argument ${issue.path.map(String).join('.')}` : 'The argument';
  switch (issue.code) {
    case 'invalid_type': {
      const missing = issue.input === undefined && /undefined/.test(issue.message);
      if (missing) return { message: `${name} is missing.`, hint: `Give ${issue.path.map(String).join('.')}.` };
      const wanted = issue.path.length ? kindName(issue.expected) : 'one JSON object';
      return {
        message: `${name} must be ${wanted}.`,
        ...(issue.expected === 'array' ? { hint: 'Write it as a list, for example ["checkout"].' } : {}),
      };
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      return { message: `${name} must be one of ${values.join(', ')}.` };
    }
    case 'too_small':
      return { message: `${name} must be at least ${issue.minimum}${lengthWord(issue.origin)}.` };
    case 'too_big':
      return { message: `${name} must be at most ${issue.maximum}${lengthWord(issue.origin)}.` };
    default:
      return { message: `${name} does not fit its schema.` };
  }
}

function kindName(expected: string): string {
  const names: Record<string, string> = {
    int: 'a whole number',
    number: 'a number',
    string: 'a text',
    boolean: 'true or false',
    array: 'a list',
  };
  return names[expected] ?? `of type ${expected}`;
}

function lengthWord(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' entries long' : '';
}

/** A word of the caller inside our sentence: quoted, short, on one line. */
function shown(word: unknown): string {
  return JSON.stringify(String(word).slice(0, 60));
}
