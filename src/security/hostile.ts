// biome-ignore-all lint/suspicious/noMisleadingCharacterClass: the classes list single code points, whatever they combine to.
import { instructionSpans } from './instructions.ts';

export type HostileKind = 'instruction' | 'role tag' | 'fence' | 'hidden characters' | 'control characters';

/** Characters that show nothing but change what is read: zero width, bidi, tags, interlinear marks, fillers, soft hyphen. */
const HIDDEN =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;
/** Joiners and selectors that emoji, Indic and Persian text need; between Latin letters they only hide something. */
const JOINERS =
  /(?<=[\u0000-\u024f]|^)[\u200c\u200d\ufe00-\ufe0f]+|[\u200c\u200d]+(?=[\u0000-\u024f]|$)|(?<=[\u200c\u200d\ufe00-\ufe0f])[\ufe00-\ufe0f]+/g;
const ANSI =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[PX^_][^\u001b]*(?:\u001b\\)?|\u001b[ -/]*[0-~]?/g;
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const QUICK =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff]/;

/** The text without characters that cannot be seen; line breaks and tabs stay, half characters become U+FFFD. */
export function withoutHidden(text: string, found?: (kind: HostileKind) => void): string {
  if (!QUICK.test(text)) return text;
  let clean = text.replace(ANSI, '').replace(CONTROL, '');
  if (clean.length !== text.length) found?.('control characters');
  const before = clean.length;
  for (let length = -1; length !== clean.length; ) {
    length = clean.length;
    clean = clean.replace(HIDDEN, '').replace(JOINERS, '');
  }
  if (clean.length !== before) found?.('hidden characters');
  return clean.replace(LONE_SURROGATE, '\ufffd').replace(/[\u2028\u2029]/g, '\n');
}

const FENCE = /`{3,}|~{3,}|<(?=\s{0,8}\/?\s{0,8}telemetry\b)/gi;
const ROLE_TAG =
  /<\|(?=[\w/ -]{1,40}\|>)|<(?=\/?\s{0,8}(?:system|assistant|user|human|developer|tool|tools|tool_call|tool_use|tool_result|tool_response|function|functions|function_call|function_calls|function_results|invoke|parameter|antml:\w+|instructions?|system[-_]?(?:prompt|reminder|message)|prompt|important|admin|thinking|start_of_turn|end_of_turn|bos|eos|s|INST|SYS)(?:\s[^<>]{0,200})?\s{0,8}\/?>)|\[(?=\/?(?:INST|SYS|SYSTEM_PROMPT|TOOL_CALLS|AVAILABLE_TOOLS|TOOL_RESULTS)\])|<<(?=\/?SYS>>)/gi;

/**
 * Text that was written to be obeyed is made harmless and stays readable: what looks like an instruction to the reader gets a visible
 * mark, tags of chat formats and fences lose their first character's meaning, hidden characters go. Ordinary log lines stay as they are.
 */
export function neutralise(text: string, found?: (kind: HostileKind) => void): string {
  let clean = withoutHidden(text, found);
  if (/[`~<]/.test(clean)) {
    clean = clean.replace(FENCE, mark => {
      found?.('fence');
      return mark[0] === '<' ? '‹' : (mark[0] === '`' ? "'" : '-').repeat(mark.length);
    });
  }
  if (/[<[]/.test(clean)) {
    clean = clean.replace(ROLE_TAG, mark => {
      found?.('role tag');
      return mark.replaceAll('<', '‹').replaceAll('[', '⟦');
    });
  }
  const spans = instructionSpans(clean);
  if (spans.length === 0) return clean;
  let marked = '';
  let from = 0;
  for (const { start, end } of spans) {
    if (start < from) continue;
    const already = clean.slice(0, start).endsWith(MARK);
    if (!already) found?.('instruction');
    marked += clean.slice(from, start) + (already ? '' : MARK) + clean.slice(start, end);
    if (!already) marked += ']';
    from = end;
  }
  return marked + clean.slice(from);
}

/** Stands before words that look like an instruction; they are data. */
export const MARK = '[not an instruction: ';
