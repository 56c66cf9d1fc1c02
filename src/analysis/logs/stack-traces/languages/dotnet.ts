import { type Frame, frameOf, type TracedException, type TraceLanguage, typeIn } from '../trace.ts';

const FRAME =
  /^\s*(?:at|bei|en|à) ([\w.<>`+|[\],$ ~]+?)\.(\.?[\w<>`|$]+)(?:\[[^\]]*\])?\s?\((?:[^()]|\([^()]*\))*\)(?: in (.+?):(?:line|Zeile|ligne|línea) (\d+)|\s+\[0x[\da-f]+\] in (.+?):(\d+))?\s*$/;
const FRAMEWORK =
  /^(?:System|Microsoft|Windows|MS|Mono|NUnit|Xunit|Newtonsoft|Npgsql|MySql|StackExchange|Grpc|Polly|MediatR|Serilog|AutoMapper|Castle|Dapper|EntityFramework|Swashbuckle)\b/;

/** C#, F#, VB.NET. */
export const dotnet: TraceLanguage = {
  language: 'csharp',
  frame(line) {
    const found = FRAME.exec(line);
    // a JVM frame ends in (File.java:1) and has no blank before `(`
    if (!found || /\([\w$]+\.(?:java|kt|scala|groovy):\d+\)\s*$|\((?:Unknown Source|Native Method)\)\s*$/.test(line)) return undefined;
    const module = cleanedModule(found[1]!);
    const own = stateMachine(found[1]!) ?? functionName(found[2]!);
    return frameOf(!FRAMEWORK.test(module), module, found[3] ?? found[5], own, found[4] ?? found[6]);
  },
  read: lines => {
    // `outer ---> middle ---> inner`, then the frames of the inner one, a mark, the frames of the next
    const headings: { type: string; message: string }[] = [];
    const stacks: Frame[][] = [[]];
    for (const line of lines) {
      const frame = dotnet.frame(line, undefined);
      if (frame) stacks[stacks.length - 1]!.push(frame);
      else if (/--- End of inner exception/.test(line)) stacks.push([]);
      else if (stacks.length === 1 && stacks[0]!.length === 0) {
        for (const part of line.split(/\s*---> /)) {
          const named = typeIn(part);
          if (named && (headings.length === 0 || line.includes('---> '))) headings.push(named);
          else if (headings.length > 0 && part.trim() !== '') headings[headings.length - 1]!.message += `\n${part.trim()}`;
        }
      }
    }
    if (headings.length === 0) headings.push({ type: 'Exception', message: lines[0]?.trim() ?? '' });
    const inner = headings.length - 1;
    return headings.map<TracedException>((heading, i) => ({ ...heading, frames: stacks[inner - i] ?? [] }));
  },
};

/** `Shop.Cart.<AddAsync>d__2` is the state machine of `AddAsync`. */
function stateMachine(module: string): string | undefined {
  return /\.<(\w+)>d(?:__\d+)?(?:`\d+)?$/.exec(module)?.[1];
}

function cleanedModule(module: string): string {
  return module
    .replace(/\.<\w+>d(?:__\d+)?(?:`\d+)?$/, '')
    .replace(/[.+]<>c(?:__(?:DisplayClass|AnonStorey)[\d_]*)?/g, '')
    .replace(/`\d+(?:\[.*\])?/g, '')
    .trim();
}

function functionName(name: string): string {
  return name
    .replace(/^<(\w+)>[bg]__.*$/, '$1')
    .replace(/^<(\w+)>m__\w+$/, '$1')
    .replace(/`\d+/, '')
    .replace(/^\./, '');
}
