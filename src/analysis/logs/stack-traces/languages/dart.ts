import { type Frame, frameOf, type TracedException, type TraceLanguage, typeIn } from '../trace.ts';

const FRAME = /^\s*#\d+\s+(.+?) \(((?:file|dart|package|https?|org-dartlang-\w+):.+?)(?::(\d+))?(?::(\d+))?\)\s*$/;

/** Sentences of the language's own errors, which print no type. */
const SAID: readonly (readonly [RegExp, string])[] = [
  [/^Invalid argument/, 'ArgumentError'],
  [/^Bad state:/, 'StateError'],
  [/^Unsupported operation:/, 'UnsupportedError'],
  [/^Out of Memory/, 'OutOfMemoryError'],
  [/^Stack Overflow/, 'StackOverflowError'],
  [/^Reading static variable/, 'CyclicInitializationError'],
  [/^Concurrent modification/, 'ConcurrentModificationError'],
  [/^RangeError/, 'RangeError'],
  [/^UnimplementedError/, 'UnimplementedError'],
  [/malformed type|is not a subtype|not a subtype of/, 'TypeError'],
];

/** Dart and Flutter. */
export const dart: TraceLanguage = {
  language: 'dart',
  frame(line) {
    const found = FRAME.exec(line);
    if (!found) return undefined;
    const place = found[2]!;
    const name = found[1]!.replace(/\.?<(?:anonymous closure|fn)>/g, '').replace(/^new /, '');
    return frameOf(
      !/^dart:|^package:(?:flutter|http|stack_trace|async|bloc)\//.test(place),
      undefined,
      place.replace(/^file:\/\//, ''),
      name,
      found[3],
    );
  },
  read: lines => {
    const frames: Frame[] = [];
    const heading: string[] = [];
    for (const line of lines) {
      const frame = dart.frame(line, undefined);
      if (frame) frames.push(frame);
      else if (frames.length === 0) heading.push(line);
    }
    const start = heading.findIndex(line => /Unhandled exception:/i.test(line));
    const inline = start < 0 ? '' : heading[start]!.replace(/^.*Unhandled exception:\s*/i, '');
    const text = (inline ? [inline, ...heading.slice(start + 1)] : heading.slice(start + 1)).join('\n').trim();
    const said = SAID.find(([pattern]) => pattern.test(text));
    const named = said ? undefined : (typeIn(text.split('\n')[0] ?? '') ?? /^(\w+): (.*)/.exec(text));
    const type = said?.[1] ?? (named && 'type' in named ? named.type : named?.[1]) ?? (/^\w+$/.test(text) ? text : 'Exception');
    return [{ type, message: text.startsWith(`${type}: `) ? text.slice(type.length + 2) : text, frames }] as TracedException[];
  },
};
