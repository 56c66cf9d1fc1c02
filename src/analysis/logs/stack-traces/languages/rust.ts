import { type Frame, frameOf, type TracedException, type TraceLanguage } from '../trace.ts';

const NUMBERED = /^\s+\d+: +(?:0x[\da-f]+ - )?(\S.*?)(?:::h[\da-f]{16})?\s*$/;
const PLACE = /^\s+at (\S.*?):(\d+)(?::(\d+))?\s*$/;
const LIBRARY =
  /^(?:<?(?:std|core|alloc|tokio|futures\w*|hyper|backtrace|rayon|tracing)::|rust_begin_unwind|__rust|_start|main$|__libc|rust_panic|start_thread|clone)|^<(?:std|core|alloc)/;
const FOREIGN = /^\/rustc\/|\.cargo\/registry|\/rustlib\//;

/** Rust panics with their backtrace. */
export const rust: TraceLanguage = {
  language: 'rust',
  frame(line, next) {
    const found = NUMBERED.exec(line);
    if (!found || !/::|^(?:main|rust_|_start|__)/.test(found[1]!)) return undefined;
    const place = next === undefined ? null : PLACE.exec(next);
    const path = found[1]!.replace(/\{\{?closure\}?\}(?:#\d+)?/g, '{closure}');
    const at = path.lastIndexOf('::');
    const inApp = !LIBRARY.test(found[1]!) && !(place && FOREIGN.test(place[1]!));
    return frameOf(inApp, at < 0 ? undefined : path.slice(0, at), place?.[1], at < 0 ? path : path.slice(at + 2), place?.[2]);
  },
  read: lines => {
    const frames: Frame[] = [];
    let heading: { type: string; message: string } | undefined;
    let place: Frame | undefined;
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]!;
      const old = /thread '.*?' (?:\(\d+\) )?panicked at '(.*)', (\S+?):(\d+)/.exec(line);
      const now = /thread '.*?' (?:\(\d+\) )?panicked at (\S+?):(\d+)(?::\d+)?:?\s*$/.exec(line);
      if (!heading && old) {
        heading = { type: 'panic', message: old[1]! };
        place = frameOf(!FOREIGN.test(old[2]!), undefined, old[2], undefined, old[3]);
      } else if (!heading && now) {
        heading = { type: 'panic', message: lines[i + 1]?.trim() ?? '' };
        place = frameOf(!FOREIGN.test(now[1]!), undefined, now[1], undefined, now[2]);
      }
      const frame = rust.frame(line, lines[i + 1]);
      if (frame) frames.push(frame);
    }
    if (frames.length === 0 && place) frames.push(place);
    return [{ ...(heading ?? { type: 'panic', message: lines[0]?.trim() ?? '' }), frames }] as TracedException[];
  },
};
