import { type Frame, frameOf, readBlocks, type TraceLanguage } from '../trace.ts';

const FRAME = /^\s*at (?:(?![^/]*\$\$)[\w.$-]*(?:@[\w.$-]+)?\/{1,2})*([\w$.<>/-]+?)\.([\w$<>-]+)\(([^()]*)\)(?:\s*[~[].*)?\s*$/;
const FRAMEWORK =
  /^(?:java|javax|jakarta|sun|jdk|com\.sun|org\.springframework|org\.apache|org\.hibernate|org\.eclipse|org\.jboss|org\.wildfly|io\.undertow|io\.netty|io\.grpc|io\.micrometer|io\.opentelemetry|reactor|rx|io\.reactivex|akka|scala|kotlin|kotlinx|groovy|org\.codehaus|com\.google\.common|com\.fasterxml|com\.zaxxer|org\.junit|org\.postgresql|com\.mysql|feign|okhttp3|retrofit2|play\.|net\.sf\.cglib|android|androidx|com\.android|dalvik|zio|cats)\b/;

/** Java, Kotlin, Scala, Groovy: whatever runs on a JVM prints the same way. */
export const java: TraceLanguage = {
  language: 'java',
  frame(line) {
    const found = FRAME.exec(line);
    if (!found) return undefined;
    const module = cleaned(found[1]!);
    const [file, number] = found[3]!.split(':');
    const known = file !== undefined && /\.\w+$/.test(file);
    if (!known && !/^(?:Unknown Source|Native Method|<generated>|SourceFile)?$/.test(file ?? '')) return undefined;
    return frameOf(!FRAMEWORK.test(module) && !isGenerated(found[1]!), module, known ? file : undefined, functionName(found[2]!), number);
  },
  read: lines => {
    const exceptions = readBlocks(lines, java.frame, /^\s*(?:Caused by|Suppressed|Wrapped by): /);
    return exceptions.map(exception => ({ ...exception, type: exception.type || 'Throwable' }));
  },
};

/** Names that a proxy, a lambda or reflection made up carry numbers and hashes. */
function cleaned(module: string): string {
  return module
    .replace(/\$\$(?:EnhancerBy\w+|FastClassBy\w+|SpringCGLIB|_javassist|_jvst)[\w$]*$/, '')
    .replace(/\$\$Lambda.*$/, '$$$$Lambda')
    .replace(/\$Proxy\d+/, '$$Proxy')
    .replace(/(Generated(?:Method|Constructor|Serialization\w*)Accessor)\d+/, '$1')
    .replace(/\$\d+(?=$|\$)/g, '');
}

function isGenerated(module: string): boolean {
  return /\$\$|\$Proxy\d|Generated\w*Accessor\d/.test(module);
}

function functionName(name: string): string {
  return name
    .replace(/^lambda\$(\w+?)\$\d+$/, '$1')
    .replace(/^\$?anonfun\$(\w+)\$\d+$/, '$1')
    .replace(/\$\d+$/, '');
}

export type { Frame };
