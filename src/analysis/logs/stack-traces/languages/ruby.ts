import { type Frame, frameOf, headingOf, type TracedException, type TraceLanguage } from '../trace.ts';

const FRAME =
  /^\s*(?:\d+: )?(?:from |<internal:)?(?:([\w-]+) \((\d[\w.]*)\) )?([^\s:'"`(][^:'"`]*?\.(?:rb|erb|haml|slim|rake|ru|gemspec)|-e|\(eval[^)]*\)|bin\/\w+|[\w./-]*\/bin\/[\w-]+|<internal:[\w-]+>|config\.ru):(\d+)(?::in [`'](.+?)')?(?:: (.*))?\s*$/;
const LIBRARY = /\/gems\/|\/lib\/ruby\/|^<internal|\/rubygems\/|\/bundler\//;
const RAISED = /^(.*) \(((?:[A-Z]\w*::)*[A-Z]\w*)\)$/;

/** Ruby, also as Rails prints it. */
export const ruby: TraceLanguage = {
  language: 'ruby',
  frame(line) {
    const found = FRAME.exec(line);
    if (!found) return undefined;
    return frameOf(found[1] === undefined && !LIBRARY.test(found[3]!), found[1], found[3], functionName(found[5]), found[4]);
  },
  read: lines => {
    const frames: Frame[] = [];
    const heading: string[] = [];
    let named: { type: string; message: string } | undefined;
    for (const line of lines) {
      const frame = ruby.frame(line, undefined);
      if (frame) {
        // `file:1:in 'm': message (Type)` heads a trace that is not Rails'
        const said = FRAME.exec(line)?.[6];
        const raised = said === undefined ? null : RAISED.exec(said);
        if (raised && !named) named = { type: raised[2]!, message: raised[1]! };
        frames.push(frame);
      } else if (frames.length === 0) heading.push(line);
    }
    named ??= railsHeading(heading) ?? headingOf(heading);
    return [{ type: named.type || 'StandardError', message: named.message, frames }] as TracedException[];
  },
};

/** `Type (message):` */
function railsHeading(lines: readonly string[]): { type: string; message: string } | undefined {
  for (const line of lines) {
    const found = /(?:^|\s)((?:[A-Z]\w*::)*[A-Z]\w*) \((.*)\):?\s*$/.exec(line);
    if (found) return { type: found[1]!, message: found[2]! };
  }
  return undefined;
}

function functionName(name: string | undefined): string | undefined {
  return name
    ?.replace(/^(?:(?:block|rescue|ensure)(?: \(\d+ levels\))? in )+/, '')
    .replace(/^[A-Z][\w:]*[#.]/, '')
    .replace(/__+\d[\d_]*$/, '');
}
