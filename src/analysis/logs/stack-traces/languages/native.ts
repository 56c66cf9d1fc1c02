import { baseName, type Frame, frameOf, type TracedException, type TraceLanguage } from '../trace.ts';

const GDB = /^\s*#\d+\s+(?:0x[\da-f]+ in )?(.+?) (?:\(.*?\) )?(?:at |from )(\S+?)(?::(\d+))?(?::\d+)?\s*$/;
const SANITIZER =
  /^\s*#\d+ 0x[\da-f]+ (?:in (.+?) (?:([^\s()]+?):(\d+)(?::\d+)?|\((\S+?)\+0x[\da-f]+\)(?: \(BuildId: \w+\))?)|\((\S+?)\+0x[\da-f]+\))\s*$/;
const BACKTRACE = /^\s*(?:\d+: )?(\S+?)\((.*?)(?:\+0x[\da-f]+)?\)\s*\[0x[\da-f]+\]\s*$/;
const APPLE = /^\s*\d+\s+(\S.*?)\s+0x[\da-f]+ (.+?) \+ \d+(?: \((\S+?):(\d+)\))?\s*$/;
const SYSTEM =
  /^(?:\/lib|\/usr\/lib|libc\b|libpthread|libstdc|libswift|libsystem|libdispatch|libobjc|ld-|UIKit|UIKitCore|Foundation|CoreFoundation|dyld|AppKit|Security|CFNetwork|GraphicsServices)|\.\.\/(?:sysdeps|nptl|csu)\/|\/(?:sysdeps|nptl|csu)\//;
const RUNTIME =
  /^(?:__\w+|_start|raise|abort|start_thread|clone3?|std::|operator new|malloc|free|main_arena|swift_|_swift|objc_|-\[NS|_objc)/;

/** C, C++, Objective-C and Swift: gdb, sanitizers, backtrace(3), Apple's crash reports. */
export const native: TraceLanguage = {
  language: 'native',
  frame(line) {
    const sanitized = SANITIZER.exec(line);
    if (sanitized) return nativeFrame(sanitized[1], sanitized[2] ?? sanitized[4] ?? sanitized[5], sanitized[3]);
    const traced = BACKTRACE.exec(line);
    if (traced) return nativeFrame(traced[2], traced[1], undefined);
    const apple = APPLE.exec(line);
    if (apple) return nativeFrame(apple[2], apple[3] ?? apple[1], apple[4], apple[1]);
    const debugged = GDB.exec(line);
    if (!debugged || /^(?:file|dart|package):/.test(debugged[2]!)) return undefined;
    return nativeFrame(debugged[1]!.replace(/ \(.*$/, ''), debugged[2], debugged[3]);
  },
  read: lines => {
    const frames: Frame[] = [];
    let heading: { type: string; message: string } | undefined;
    for (const line of lines) {
      const frame = native.frame(line, undefined);
      // the places where memory was allocated and freed follow behind a blank line
      if (frames.length > 0 && !frame && /^\s*(?:freed by|previously allocated|Thread T?\d+|$)/.test(line)) break;
      if (frame) frames.push(frame);
      else if (frames.length === 0) heading = headingIn(line) ?? heading;
    }
    return [{ ...(heading ?? { type: 'crash', message: lines[0]?.trim() ?? '' }), frames }] as TracedException[];
  },
};

function nativeFrame(name: string | undefined, file: string | undefined, line: string | undefined, image = file): Frame {
  const plain = name
    ?.replace(/\(.*\)(?: const)?$/, '')
    .replace(/<.*>/g, '')
    .trim();
  const inApp = !SYSTEM.test(image ?? '') && !SYSTEM.test(baseName(image ?? '')) && !RUNTIME.test(plain ?? '');
  return frameOf(inApp && plain !== undefined && plain !== '', undefined, file, plain, line);
}

function headingIn(line: string): { type: string; message: string } | undefined {
  const sanitizer = /(?:ERROR|WARNING): (\w+Sanitizer): ([\w-]+(?: [\w-]+)*?)(?: on .*| \(.*|$)/.exec(line);
  if (sanitizer) return { type: `${sanitizer[1]}: ${sanitizer[2]}`, message: line.trim() };
  const thrown = /terminate called after throwing an instance of '(.+?)'/.exec(line);
  if (thrown) return { type: thrown[1]!, message: '' };
  const signal = /(?:Program (?:received|terminated with) signal |caught signal |signal )\(?(SIG[A-Z]+)/.exec(line);
  if (signal) return { type: signal[1]!, message: line.trim() };
  const fatal = /\b(Fatal error|Segmentation fault|Assertion failed|Exception Type|EXC_\w+)\b:?\s*(.*)$/.exec(line);
  if (fatal) return { type: fatal[1] === 'Exception Type' ? fatal[2]!.trim() : fatal[1]!, message: fatal[2]!.trim() };
  const objective = /Terminating app due to uncaught exception '(\w+)', reason: '(.*?)'/.exec(line);
  return objective ? { type: objective[1]!, message: objective[2]! } : undefined;
}
