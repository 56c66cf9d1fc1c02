/**
 * The first JSON value of a text that may be cut off anywhere: what was read so far, with everything open closed. For telling what a
 * file is from its first bytes; undefined = it does not start like JSON.
 */
export function partialJson(text: string, options: PartialOptions = {}): unknown {
  const state: State = { text, at: 0, bad: false, ended: false, kept: options.wholeEntries !== true };
  const value = readValue(state, 0);
  return state.bad ? undefined : value;
}

export interface PartialOptions {
  /** Give up the innermost array element in which the text ends: half an entry would be taken for a whole one. @default false */
  readonly wholeEntries?: boolean;
}

interface State {
  readonly text: string;
  at: number;
  bad: boolean;
  /** The text ended inside a value. */
  ended: boolean;
  /** The element in which the text ended was dealt with. */
  kept: boolean;
}

function blank(state: State): string {
  while (state.at < state.text.length && state.text.charCodeAt(state.at) <= 32) state.at++;
  return state.text[state.at] ?? '';
}

function readValue(state: State, depth: number): unknown {
  const c = blank(state);
  if (c === '' || depth > 60) return undefined;
  if (c === '{') return readObject(state, depth);
  if (c === '[') return readArray(state, depth);
  if (c === '"') return readString(state);
  const word = /[^\s,\]}:"]*/y;
  word.lastIndex = state.at;
  const found = word.exec(state.text)?.[0] ?? '';
  state.at += found.length;
  if (found === 'true' || found === 'false') return found === 'true';
  if (found === 'null') return null;
  if (/^-?\d/.test(found)) return Number(found);
  if (state.at < state.text.length) state.bad = true;
  return undefined;
}

function readObject(state: State, depth: number): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  state.at++;
  for (;;) {
    const c = blank(state);
    if (c === ',') state.at++;
    else if (c === '}') {
      state.at++;
      return found;
    } else if (c === '"') {
      const key = readString(state);
      if (blank(state) !== ':') {
        if (state.at < state.text.length) state.bad = true;
        else state.ended = true;
        return found;
      }
      state.at++;
      const value = readValue(state, depth + 1);
      if (value !== undefined && key !== '__proto__') found[key] = value;
    } else {
      if (c === '') state.ended = true;
      else state.bad = true;
      return found;
    }
    if (state.bad) return found;
  }
}

function readArray(state: State, depth: number): unknown[] {
  const found: unknown[] = [];
  state.at++;
  for (;;) {
    const c = blank(state);
    if (c === ',') state.at++;
    else if (c === ']') {
      state.at++;
      return found;
    } else if (c === '') {
      state.ended = true;
      return found;
    } else {
      const value = readValue(state, depth + 1);
      if (state.ended && !state.kept) state.kept = true;
      else if (value !== undefined) found.push(value);
    }
    // Enough is known: the rest counts as cut off, for whatever stands around this list too.
    if (found.length > 200 && depth > 0) state.at = state.text.length;
    if (state.bad) return found;
  }
}

function readString(state: State): string {
  const from = state.at;
  let i = from + 1;
  for (; i < state.text.length; i++) {
    const c = state.text[i];
    if (c === '\\') i++;
    else if (c === '"') break;
  }
  if (i >= state.text.length) state.ended = true;
  state.at = Math.min(i + 1, state.text.length);
  try {
    return JSON.parse(state.text.slice(from, i + 1)) as string;
  } catch {
    return state.text.slice(from + 1, i);
  }
}
