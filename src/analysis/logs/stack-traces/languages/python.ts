import { baseName, type Frame, frameOf, type TracedException, type TraceLanguage, typeIn } from '../trace.ts';

const FRAME = /^\s*(?:\|\s*)?File "([^"]+)", line (\d+)(?:, in (.+))?\s*$/;
const LIBRARY = /site-packages|dist-packages|\/lib(?:64)?\/python\d|[\\/]Lib[\\/]|^<(?!stdin|string|ipython)/;
const START = /Traceback \(most recent call last\):/;
/** `KeyError: 'x'`, `pkg.errors.Failed`, `KeyboardInterrupt`: at the margin, behind the frames. */
const ENDING = /^\s*(?:\|\s*)?((?:\w+\.)*[A-Za-z_]\w*)(?:: ?(.*))?$/;

/** Python; the innermost call comes last, and a cause is printed before what it caused. */
export const python: TraceLanguage = {
  language: 'python',
  frame(line) {
    const found = FRAME.exec(line);
    if (!found) return undefined;
    const name = found[3] === '<module>' ? '<module>' : found[3]?.replace(/^.*\.<locals>\./, '');
    return frameOf(!LIBRARY.test(found[1]!), undefined, found[1], name, found[2]);
  },
  read: lines => {
    const exceptions: TracedException[] = [];
    let frames: Frame[] | undefined;
    let ending: { type: string; message: string[] } | undefined;
    const close = (): void => {
      if (frames && (ending || frames.length > 0)) {
        exceptions.unshift({
          type: ending?.type ?? 'Exception',
          message: ending?.message.join('\n').trim() ?? '',
          frames: frames.reverse(),
        });
      }
      frames = undefined;
      ending = undefined;
    };
    for (const line of lines) {
      if (START.test(line)) {
        close();
        frames = [];
        continue;
      }
      const frame = python.frame(line, undefined);
      if (frame) {
        // a SyntaxError names the file without a traceback
        frames ??= [];
        if (!ending) frames.push(frame);
        continue;
      }
      if (!frames) continue;
      if (ending) {
        if (/^(?:The above exception|During handling)/.test(line.trim())) close();
        else ending.message.push(line);
        continue;
      }
      const found = /^\s/.test(line) && !/^\s*\|/.test(line) ? null : ENDING.exec(line);
      if (found && frames.length > 0) ending = { type: found[1]!, message: [found[2] ?? ''] };
    }
    close();
    if (exceptions.length === 0) {
      const named = lines.map(typeIn).find(found => found !== undefined);
      if (named) exceptions.push({ ...named, frames: [] });
    }
    return exceptions;
  },
};

export { baseName };
