import { type Category, categorize } from '../exception-category.ts';
import { fingerprintOf } from './fingerprint.ts';
import { beam } from './languages/beam.ts';
import { dart } from './languages/dart.ts';
import { dotnet } from './languages/dotnet.ts';
import { go } from './languages/go.ts';
import { java } from './languages/java.ts';
import { javascript } from './languages/javascript.ts';
import { native } from './languages/native.ts';
import { perl } from './languages/perl.ts';
import { php } from './languages/php.ts';
import { python } from './languages/python.ts';
import { ruby } from './languages/ruby.ts';
import { rust } from './languages/rust.ts';
import { type TracedException, type TraceLanguage, typeIn } from './trace.ts';

export interface StackTrace {
  /** `java` (any JVM language), `csharp`, `javascript`, `python`, `go`, `ruby`, `php`, `rust`, `native`, `dart`, `elixir`, `perl`; `unknown` without frames. */
  readonly language: string;
  /** Outermost first, each cause behind what it caused. */
  readonly exceptions: readonly TracedException[];
  readonly category: Category;
  /** The words that decided the category. */
  readonly categoryReason: string;
  /** 16 hex digits: the same fault again, whatever its line numbers, addresses and framework. */
  readonly fingerprint: string;
}

/** In the order in which they are asked when two languages claim as many lines. */
const LANGUAGES: readonly TraceLanguage[] = [dart, java, python, go, dotnet, javascript, php, rust, ruby, beam, perl, native];
const LONGEST_LINE = 2000;
const MOST_LINES = 2000;

/**
 * Reads the stack trace in a log message: exceptions with type, message and frames, a category and a fingerprint.
 *
 * Knows the JVM languages, .NET, JavaScript, Python, Go, Ruby, PHP, Rust, C and C++, Swift, Dart, Elixir and Erlang, and Perl, also behind other text. Bad at
 * traces whose frames were cut to their first words, and at minified scripts (every release then has another fingerprint).
 * @param text the message, lines apart by `\n`
 * @returns undefined when the text holds neither a frame nor a named exception
 * @see https://docs.sentry.io/concepts/data-management/event-grouping/
 * @example parseStackTrace('all is well') // => undefined
 */
export function parseStackTrace(text: string): StackTrace | undefined {
  const lines = linesOf(text);
  let best: TraceLanguage | undefined;
  let most = 0;
  if (lines.length > 1) {
    for (const language of LANGUAGES) {
      let count = 0;
      for (let i = 0; i < lines.length; i++) if (language.frame(lines[i]!, lines[i + 1])) count++;
      if (count > most) {
        most = count;
        best = language;
      }
    }
  }
  if (!best && /thread '.*' (?:\(\d+\) )?panicked at /.test(text)) best = rust;
  else if (!best && /^(?:panic|fatal error): /m.test(text)) best = go;
  else if (!best && /(?:PHP (?:Fatal|Parse) error: |Uncaught exception ').* in \S+:\d+/.test(text)) best = php;
  else if (!best && /^Traceback \(most recent call last\)/m.test(text)) best = python;
  const exceptions = best ? best.read(lines) : named(lines);
  if (exceptions.length === 0) return undefined;
  const { category, reason } = categorize(exceptions.flatMap(({ type, message }) => [type, message]));
  return { language: best?.language ?? 'unknown', exceptions, category, categoryReason: reason, fingerprint: fingerprintOf(exceptions) };
}

/** An exception that is only named: at the beginning, or with its full name. */
function named(lines: readonly string[]): TracedException[] {
  const first = lines.find(line => line.trim() !== '') ?? '';
  const found = typeIn(first);
  if (!found) return [];
  const qualified = /[.\\]|::/.test(found.type);
  if (!qualified && !first.trimStart().startsWith(found.type)) return [];
  if (found.type.endsWith('Warning') || found.type === 'Error' || found.type === 'Exit') return [];
  return [{ ...found, frames: [] }];
}

/** A trace that was put into one line as `\n` and `\t` is spread out again. */
function linesOf(text: string): string[] {
  const spread =
    !text.includes('\n') && /\\n(?:\\t| +)(?:at|File|from)? ?/.test(text) ? text.replace(/(?:\\r)?\\n/g, '\n').replace(/\\t/g, '\t') : text;
  return spread.split('\n', MOST_LINES).map(line => (line.length > LONGEST_LINE ? line.slice(0, LONGEST_LINE) : line.replace(/\r$/, '')));
}
