import { type Frame, frameOf, type TracedException, type TraceLanguage } from '../trace.ts';

const CALLED = /^\s+(\S.*?)\(.*\) called at (\S+) line (\d+)\.?\s*$|^\s+(eval \{\.\.\.\}|require \S+) called at (\S+) line (\d+)\.?\s*$/;
const DIED = /^(.*?) at (\S+\.(?:p[lm]|t|cgi|psgi)|-e|\(eval \d+\)) line (\d+)(?:, <\S+> \w+ \d+)?\.?\s*$/;
const LIBRARY = /\/perl5?\/|\/site_perl\/|\/vendor_perl\/|\/local\/lib\//;

/** Perl with Carp's long form. */
export const perl: TraceLanguage = {
  language: 'perl',
  frame(line) {
    const found = CALLED.exec(line);
    if (!found) return undefined;
    const name = found[1] ?? found[4]!;
    const file = found[2] ?? found[5];
    const at = name.lastIndexOf('::');
    return frameOf(
      !LIBRARY.test(file ?? ''),
      at < 0 ? undefined : name.slice(0, at),
      file,
      at < 0 ? name : name.slice(at + 2),
      found[3] ?? found[6],
    );
  },
  read: lines => {
    const frames: Frame[] = [];
    let message = '';
    for (const line of lines) {
      const frame = perl.frame(line, undefined);
      if (frame) {
        frames.push(frame);
        continue;
      }
      const died = frames.length === 0 ? DIED.exec(line) : null;
      if (!died) continue;
      message = died[1]!.trim();
      frames.push(frameOf(!LIBRARY.test(died[2]!), undefined, died[2], undefined, died[3]));
    }
    const typed = /^((?:\w+::)+\w+|[A-Z]\w*(?:Error|Exception))[:=]\s*(.*)$/.exec(message);
    return [{ type: typed?.[1] ?? 'die', message: typed?.[2] ?? message, frames }] as TracedException[];
  },
};
