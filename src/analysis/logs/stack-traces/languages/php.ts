import { type Frame, frameOf, type TracedException, type TraceLanguage } from '../trace.ts';

const FRAME = /^\s*#\d+ (?:(.+?)\((\d+)\)|\[internal function\]): (.*?)(?:\((.*)\))?\s*$/;
const LIBRARY = /\/vendor\/|^phar:/;
const NEW = /(?:Uncaught |^|\s)((?:\w+\\)*[A-Z]\w*): (.*?) in (\S+?):(\d+)\s*$/;
const OLD = /exception '([\w\\]+)' with message '(.*?)' in (\S+?):(\d+)/;
const LARAVEL = /\[object\] \(([\w\\]+)\(code: [^)]*\): (.*?) at (\S+?):(\d+)\)/;

/** PHP, as the engine and as Laravel print it. */
export const php: TraceLanguage = {
  language: 'php',
  frame(line) {
    const found = FRAME.exec(line);
    if (!found || found[3]!.startsWith('0x')) return undefined;
    const call = found[3]!.replace(/\{closure(?::.*)?\}/, '{closure}');
    const parts = /^(?:(.*?)(?:->|::))?([^:>]+)$/.exec(call);
    return frameOf(found[1] !== undefined && !LIBRARY.test(found[1]), parts?.[1], found[1], parts?.[2] ?? call, found[2]);
  },
  read: lines => {
    const exceptions: { type: string; message: string; frames: Frame[] }[] = [];
    for (const line of lines) {
      const found = OLD.exec(line) ?? LARAVEL.exec(line) ?? NEW.exec(line);
      if (found) {
        exceptions.push({
          type: found[1]!,
          message: found[2]!,
          frames: [frameOf(!LIBRARY.test(found[3]!), undefined, found[3], undefined, found[4])],
        });
        continue;
      }
      const frame = php.frame(line, undefined);
      if (!frame) continue;
      if (exceptions.length === 0) exceptions.push({ type: 'Error', message: lines[0]?.trim() ?? '', frames: [] });
      exceptions[exceptions.length - 1]!.frames.push(frame);
    }
    // `Next Type: …` follows the exception it wraps
    return exceptions.reverse() as TracedException[];
  },
};
