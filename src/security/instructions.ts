/** Looks-like map of letters from other alphabets that pass for Latin ones. */
const LOOKALIKES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['аạ', 'a'],
    ['еёẹ', 'e'],
    ['іїı', 'i'],
    ['оọοօ', 'o'],
    ['рρ', 'p'],
    ['сϲ', 'c'],
    ['уү', 'y'],
    ['хχ', 'x'],
    ['ѕ', 's'],
    ['ј', 'j'],
    ['ԁ', 'd'],
    ['ɡ', 'g'],
    ['һ', 'h'],
    ['ո', 'n'],
    ['ʀ', 'r'],
    ['υս', 'u'],
    ['ѵν', 'v'],
    ['ԝ', 'w'],
    ['τ', 't'],
    ['м', 'm'],
    ['к', 'k'],
  ].flatMap(([from, to]) => [...from!].map(letter => [letter, to!])),
);

const FILLER = String.raw`(?:\W{1,8}\w{1,24}){0,3}?\W{1,8}`;
const EARLIER = `(?:previous|prior|above|earlier|preceding|foregoing|existing|original|initial|former|system|safety|developer|current|your|all|any|other|the)`;
const ORDERS = `(?:instructions?|prompts?|directions?|directives?|guidelines?|programming)`;
/** Words that logs are full of: orders only beside a word that points back at the reader's own. */
const OTHER_ORDERS = `(?:messages?|context|commands?|orders|rules|polic(?:y|ies)|restrictions?)`;

const PATTERNS: readonly RegExp[] = [
  String.raw`\b(?:ignore|disregard|forget|override|bypass|discard|overrule|neglect|drop|skip)${FILLER}?${EARLIER}(?:\W{1,8}\w{1,24}){0,3}?\W{1,8}${ORDERS}\b`,
  String.raw`\b(?:ignore|disregard|forget)\W{1,8}(?:your|the|these|those|all|any|my)?\W{0,8}${ORDERS}\b`,
  String.raw`\b(?:ignore|disregard|forget|override)\W{1,8}(?:all\W{1,8})?(?:of\W{1,8})?(?:the\W{1,8})?(?:previous|prior|above|earlier|preceding|your|system|safety)\W{1,8}${OTHER_ORDERS}\b`,
  String.raw`\b(?:ignore|disregard|forget)\W{1,8}(?:everything|anything|all)\W{1,8}(?:above|before|prior|you|that|i|we|previous)\b`,
  String.raw`\bdo not (?:follow|obey)\W{1,8}(?:\w{1,24}\W{1,8}){0,3}?(?:instructions?|rules|guidelines)\b`,
  String.raw`\b(?:new|updated|additional|revised|secret|hidden|important|real|actual)\W{1,8}(?:system\W{1,8})?(?:instructions?|directives?|system prompt)\W{0,8}:`,
  String.raw`\b(?:you are|you re|act as|behave as|pretend to be|roleplay as)\W{1,8}(?:now\W{1,8})?(?:\w{1,24}\W{1,8}){0,3}?(?:dan|jailbroken|unrestricted|unfiltered|developer mode|root user|system administrator|different (?:ai|assistant)|evil|an? (?:ai|assistant|language model|llm|agent))\b`,
  String.raw`\b(?:you are now|from now on,? you|you must now|your new (?:task|role|goal|instructions?|objective) (?:is|are))\b`,
  String.raw`\b(?:reveal|print|show|output|repeat|leak|expose|display|send|exfiltrate|tell me|dump)\W{1,8}(?:\w{1,24}\W{1,8}){0,3}?(?:system prompt|initial prompt|hidden prompt|your (?:instructions|prompt|rules|guidelines|context)|developer message)\b`,
  String.raw`\b(?:system|developer)\W{1,8}(?:prompt|override|instruction)\W{0,8}(?::|mode\b)`,
  String.raw`\b(?:ai|llm|assistant|chatgpt|claude|gemini|copilot|language model|chatbot)(?: agent| assistant| model)?s?\W{1,8}(?:reading|processing|analy[sz]ing|summari[sz]ing|seeing|viewing|must|should|please|you (?:must|should|are|will)|execute|run|call)\b`,
  String.raw`\b(?:attention|dear|note to|message (?:to|for)|hey|hello|hi)\W{1,8}(?:the\W{1,8}|any\W{1,8}|all\W{1,8})?(?:ai|llm|assistant|chatgpt|claude|gemini|copilot|language model|chatbot|agent)s?\b`,
  String.raw`\b(?:call|use|invoke|execute|run)\W{1,8}(?:the\W{1,8})?(?:\w{1,24}\W{1,8}){0,2}?(?:tool|function)\W{1,8}(?:\w{1,24}\W{1,8}){0,4}?(?:with|to|and|on|now)\b(?=.{0,200}\b(?:delete|send|post|upload|exfil|secret|password|http|rm|drop|immediately|now)\b)`,
  String.raw`\b(?:without|do not|don t|never)\W{1,8}(?:asking|ask|telling|tell|inform|informing|notify|notifying|mention|mentioning|alert)\W{1,8}(?:\w{1,24}\W{1,8}){0,2}?(?:the\W{1,8})?(?:user|human|operator)\b`,
  String.raw`\b(?:jailbreak|prompt injection|dan mode|developer mode enabled|god mode)\b`,
  String.raw`"(?:tool_calls?|function_call|tool_use)"\W{0,4}[:[{]`,
  String.raw`"(?:role)"\s{0,8}:\s{0,8}"(?:system|assistant|developer)"`,
  String.raw`(?:^|\n)\s{0,8}(?:system|assistant|human|user|developer)\s{0,8}:\s{1,8}(?:you|please|ignore|from now|i am|i will|do not|always|never)\b`,
  String.raw`^#{2,}\s{0,8}(?:system|instructions?|new instructions?|assistant|user)\b`,
  String.raw`\b(?:end of|close|begin) (?:telemetry|log data|untrusted data|data block|system prompt|log output)\b`,
].map(source => new RegExp(source, 'gims'));

/** The same order in other languages; these need no word boundaries where the script has none. */
const TRANSLATED: readonly RegExp[] = [
  /(?:ignorier|vergiss|missacht|übergeh)\w{0,16}(?:\W{1,8}\p{L}{1,24}){0,4}?\W{1,8}(?:anweisung|instruktion|befehl|vorgabe|aufforderung)\p{L}{0,16}/giu,
  /(?:ignor|oubli|néglig|neglig|désobé)\p{L}{0,16}(?:\W{1,8}\p{L}{1,24}){0,4}?\W{1,8}(?:instruction|consigne|directive|ordre)\p{L}{0,16}/giu,
  /(?:ignor|olvid|omit|desobede)\p{L}{0,16}(?:\W{1,8}\p{L}{1,24}){0,4}?\W{1,8}(?:instrucci|indicaci|orden|directri)\p{L}{0,16}/giu,
  /(?:ignor|esqueç|esquec|desconsider)\p{L}{0,16}(?:\W{1,8}\p{L}{1,24}){0,4}?\W{1,8}(?:instruç|instruc|ordens|diretri)\p{L}{0,16}/giu,
  /(?:ignor|dimentic|trascur)\p{L}{0,16}(?:\W{1,8}\p{L}{1,24}){0,4}?\W{1,8}(?:istruzion|ordin|direttiv)\p{L}{0,16}/giu,
  /(?:negeer|vergeet)\p{L}{0,16}(?:\W{1,8}\p{L}{1,24}){0,4}?\W{1,8}(?:instructie|opdracht|aanwijzing)\p{L}{0,16}/giu,
  /(?:zignoruj|ignoruj|zapomnij|pomiń)\p{L}{0,16}(?:\W{1,8}\p{L}{1,24}){0,4}?\W{1,8}(?:instrukcj|polece)\p{L}{0,16}/giu,
  /(?:игнорир|проигнорир|забуд|не обращай)\p{L}{0,16}(?:[^\p{L}]{1,8}\p{L}{1,24}){0,4}?[^\p{L}]{1,8}(?:инструкц|указан|команд|предписан)\p{L}{0,16}/giu,
  /(?:ігнору|проігнору|забуд)\p{L}{0,16}(?:[^\p{L}]{1,8}\p{L}{1,24}){0,4}?[^\p{L}]{1,8}(?:інструкц|вказівк)\p{L}{0,16}/giu,
  /(?:önceki|tüm)(?:[^\p{L}]{1,8}\p{L}{1,24}){0,3}?[^\p{L}]{1,8}(?:talimat|komut)\p{L}{0,16}(?:[^\p{L}]{1,8}\p{L}{1,24}){0,2}?[^\p{L}]{1,8}(?:yok say|görmezden|unut)\p{L}{0,16}/giu,
  /(?:忽略|无视|無視|忘记|忘記|不要理会|不理會).{0,12}(?:指令|指示|提示|命令|说明|規則|规则)/gu,
  /(?:以前|前|上記|これまで|すべて).{0,8}(?:指示|命令|プロンプト).{0,6}(?:無視|忘れ)/gu,
  /(?:이전|위의|모든|앞의).{0,10}(?:지시|명령|프롬프트).{0,8}(?:무시|잊)/gu,
  /(?:تجاهل|انس|انسَ).{0,20}(?:التعليمات|الأوامر|تعليمات)/gu,
  /(?:התעלם|התעלמי|שכח).{0,20}(?:ההוראות|הוראות)/gu,
  /(?:पिछले|सभी|पूर्व).{0,20}(?:निर्देश|आदेश).{0,20}(?:अनदेखा|नज़रअंदाज़|भूल)/gu,
  /(?:abaikan|lupakan).{0,20}(?:instruksi|perintah)/giu,
  /(?:bỏ qua|quên).{0,20}(?:hướng dẫn|chỉ dẫn|lệnh)/giu,
];
const QUICK =
  /ignor|disregard|forget|overrid|bypass|discard|overrul|neglect|instruct|prompt|you are|act as|behave|pretend|roleplay|from now on|must now|your new|assistant|chatgpt|claude|gemini|copilot|language model|chatbot|\bai\b|\bllm|agent|tool|function|jailbreak|dan mode|developer|god mode|"role"|system|human|###?|end of|the user|telemetry|obey|do not follow/i;

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a text tries to give the reader orders; also letters that only look Latin, percent and character escapes, and base64. In order, not overlapping. */
export function instructionSpans(text: string): readonly Span[] {
  if (text.length < 4) return [];
  const spans: Span[] = [];
  const folded = fold(text);
  if (QUICK.test(folded.text)) for (const pattern of PATTERNS) spans.push(...matches(pattern, folded));
  if (/[^\x00-\x7f]|gnor|verg|oubl|olvid|esque|dimenti|negeer|zapom|abaik|lupak/i.test(text)) {
    const plain = { text, at: undefined };
    for (const pattern of TRANSLATED) spans.push(...matches(pattern, plain));
  }
  for (const encoded of text.matchAll(/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{24,}={0,2}/g)) {
    const decoded = Buffer.from(encoded[0].slice(0, 4000), 'base64').toString('utf8');
    if (
      /^[\x09\x0a\x0d\x20-\x7e]+$/.test(decoded) &&
      PATTERNS.some(pattern => matches(pattern, { text: decoded.toLowerCase(), at: undefined }).length > 0)
    ) {
      spans.push({ start: encoded.index, end: encoded.index + encoded[0].length });
    }
  }
  return merged(spans);
}

interface Folded {
  readonly text: string;
  /** Place in the original of each character; undefined = the same place. */
  readonly at: Uint32Array | undefined;
}

function matches(pattern: RegExp, { text, at }: Folded): Span[] {
  return [...text.matchAll(pattern)].map(({ index, 0: { length } }) =>
    at ? { start: at[index]!, end: at[index + length]! } : { start: index, end: index + length },
  );
}

/** Letters as a reader sees them: compatibility forms, look-alikes and escapes undone, with a way back to the original's places. */
function fold(text: string): Folded {
  if (!/[^\x00-\x7f]|%[0-9a-f]{2}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|&#/i.test(text)) return { text, at: undefined };
  const letters: string[] = [];
  const at: number[] = [];
  for (const match of text.matchAll(/%[0-9a-f]{2}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|&#x?[0-9a-f]{1,6};|[\s\S]/giu)) {
    for (const letter of unescaped(match[0]).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()) {
      const plain = LOOKALIKES[letter] ?? letter;
      letters.push(plain);
      for (let i = 0; i < plain.length; i++) at.push(match.index);
    }
  }
  at.push(text.length);
  return { text: letters.join(''), at: Uint32Array.from(at) };
}

function unescaped(unit: string): string {
  if (unit.length === 1) return unit;
  const hex = /^(?:%|\\[ux])([0-9a-f]+)$/i.exec(unit);
  const code = hex ? Number.parseInt(hex[1]!, 16) : /^&#/.test(unit) ? Number(unit.slice(2, -1).replace(/^x/i, '0x')) : Number.NaN;
  return code > 0 && code < 0x110000 ? String.fromCodePoint(code) : unit;
}

function merged(spans: Span[]): Span[] {
  const sorted = spans.filter(span => span.end > span.start).sort((a, b) => a.start - b.start || b.end - a.end);
  const out: Span[] = [];
  for (const span of sorted) {
    const last = out.at(-1);
    if (last && span.start <= last.end) out[out.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    else out.push(span);
  }
  return out;
}
