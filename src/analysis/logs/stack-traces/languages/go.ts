import { type Frame, frameOf, type TracedException, type TraceLanguage } from '../trace.ts';

const CALL = /^\s*(?:created by )?([\w./%@~*()[\]·{},-]+?)(?:\((?:0x[\da-f]+|\.\.\.|[^()]|\([^()]*\))*\)|(?: in goroutine \d+))?\s*$/;
const PLACE = /^\t\s*(\S.*?\.(?:go|s|c|y|pb\.go)):(\d+)(?: \+0x[\da-f]+)?(?: .*)?$/;
const LIBRARY =
  /\/(?:usr\/local|opt|usr\/lib|root\/sdk)\/go[\d.]*\/|(?:^|\/)go\/src\/(?:runtime|net|reflect|sync|internal|testing|os|io|database|encoding)\/|\/pkg\/mod\/|\/vendor\/|^(?:runtime|net|reflect)\/|\/libexec\/src\/|\/tmp\/appengine\//;

/** Go panics and fatal errors; only the first goroutine of a dump tells what went wrong. */
export const go: TraceLanguage = {
  language: 'go',
  frame(line, next) {
    const place = next === undefined ? null : PLACE.exec(next);
    if (!place) return undefined;
    const call = CALL.exec(line);
    if (!call) return undefined;
    const { module, name } = split(call[1]!);
    return frameOf(!LIBRARY.test(place[1]!) && !/^(?:runtime|panic)$/.test(module), module, place[1], name, place[2]);
  },
  read: lines => {
    let heading: { type: string; message: string } | undefined;
    const frames: Frame[] = [];
    let goroutines = 0;
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]!;
      heading ??= headingIn(line);
      if (/^\s*goroutine \d+/.test(line) && ++goroutines > 1) break;
      const frame = go.frame(line, lines[i + 1]);
      if (!frame) continue;
      i++;
      if (frame.function === 'panic' && frame.module === undefined) continue;
      frames.push(frame);
    }
    return [{ ...(heading ?? { type: 'panic', message: lines[0]?.trim() ?? '' }), frames }] as TracedException[];
  },
};

function headingIn(line: string): { type: string; message: string } | undefined {
  const served = /http2?: panic serving \S+?: (.*)$/.exec(line);
  if (served) return { type: runtimeType(served[1]!), message: served[1]! };
  const found = /\b(panic|fatal error|unexpected fault address|SIG[A-Z]+): (.*)$/.exec(line);
  if (!found) return undefined;
  return { type: found[1] === 'panic' ? runtimeType(found[2]!) : found[1]!, message: found[2]!.replace(/ \[recovered\]$/, '') };
}

function runtimeType(message: string): string {
  if (message.startsWith('runtime error: ')) return 'runtime error';
  const value = /^(?:\(?([\w./*]*[A-Za-z]\w*\.\w+)\)?[({ ])/.exec(message);
  return value && !message.startsWith('(0x') ? value[1]! : 'panic';
}

/** `net/http.(*conn).serve.func1` → package, method without the numbers of closures. */
function split(name: string): { module: string; name: string } {
  const slash = name.lastIndexOf('/');
  const dot = name.indexOf('.', slash + 1);
  const plain = name.slice(dot + 1).replace(/(?:\.func\d+|\.gowrap\d+|-fm|\.\d+|\[\.\.\.\])+$/g, '');
  return dot < 0 ? { module: '', name } : { module: name.slice(0, dot), name: plain };
}
