import { baseName, frameOf, readBlocks, type TraceLanguage } from '../trace.ts';

const NAMED = /^\s*at (?:async )?(?:new )?(.+?)(?: \[as [^\]]+\])? \((?:(.+?):(\d+)(?::(\d+))?|(native|<anonymous>|index \d+))\)\s*$/;
const BARE = /^\s*at (?:async )?((?:file:\/\/|https?:\/\/|[\w-]+:|\/|[A-Za-z]:\\|\.{0,2}\/|<)\S*?):(\d+):(\d+)\s*$/;
const GECKO = /^\s*([\w$.<>/[\]*-]*)@((?:https?|file|webpack|app|resource|moz-extension):\S+?):(\d+)(?::(\d+))?\s*$/;
const LIBRARY =
  /node_modules[/\\]|^node:|^internal\/|^(?:net|events|fs|http|timers|_stream|module|vm|dns|tls|child_process)\.js$|^native$|^<anonymous>$|\.asar\b|webpack\/bootstrap|^wasm:|^bun:|^deno:|^ext:/;

/** JavaScript and TypeScript on Node, Deno, Bun and in browsers. */
export const javascript: TraceLanguage = {
  language: 'javascript',
  frame(line) {
    const named = NAMED.exec(line);
    if (named) {
      const place = named[2] ?? named[5] ?? '';
      // names of other languages' frames hold a signature or end in .java and the like
      if (/\.(?:java|kt|scala|groovy|cs|swift)$/.test(place) || /[()]/.test(named[1]!)) return undefined;
      const file = location(place);
      return frameOf(!LIBRARY.test(file) && named[2] !== undefined, undefined, file, functionName(named[1]!), named[3]);
    }
    const bare = BARE.exec(line);
    if (bare && !bare[1]!.endsWith('.rs')) {
      const file = location(bare[1]!);
      return frameOf(!LIBRARY.test(file), undefined, file, undefined, bare[2]);
    }
    const gecko = GECKO.exec(line);
    if (!gecko) return undefined;
    return frameOf(!LIBRARY.test(gecko[2]!), undefined, location(gecko[2]!), functionName(gecko[1]!) || undefined, gecko[3]);
  },
  read: lines => {
    const exceptions = readBlocks(lines, javascript.frame, /^\s*(?:\[cause\]: |(?:Caused by|caused by): |\[errors\]: \[)/);
    return exceptions.map(exception => ({ ...exception, type: exception.type || 'Error' }));
  },
};

/** A URL without origin and query: the same script has another origin in another environment. */
function location(place: string): string {
  return place
    .replace(/^file:\/\//, '')
    .replace(/^(?:https?|webpack|app):\/\/[^/]*/, '')
    .replace(/[?#].*$/, '');
}

function functionName(name: string): string {
  const plain = name.replace(/^(?:Object|Module|Function|global|Window|Proxy)\./, '').replace(/\/<$/, '');
  return /^(?:<anonymous>|eval|anonymous)$/.test(plain) ? '' : plain;
}

export { baseName };
