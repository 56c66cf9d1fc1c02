import { type Frame, frameOf, type TracedException, type TraceLanguage } from '../trace.ts';

const ELIXIR = /^\s+(?:\(([\w-]+)(?: [\w.+-]+)?\) )?(?:([\w./-]+\.(?:exs?|erl|eex|heex)):(\d+): )([\w.:'"!?&/<>-]+?)(?:\(.*\))?\s*$/;
const ERLANG = /^\s*(?:in function|in call from|called as)\s+([\w:'-]+)\/\d+(?: \(([\w./-]+), line (\d+)\))?/;
const TERM = /\{([\w'-]+),([\w'<>/-]+),(?:\d+|\[.*?\]),\s*\[\{file,"([^"]+)"\},\s*\{line,(\d+)\}\]\}/;
const LIBRARY =
  /^(?:stdlib|kernel|elixir|phoenix\w*|plug\w*|ecto\w*|db_connection|cowboy\w*|ex_unit|logger|mix|iex|postgrex|bandit|thousand_island|absinthe|oban)$/;

/** Elixir and Erlang. */
export const beam: TraceLanguage = {
  language: 'elixir',
  frame(line) {
    const found = ELIXIR.exec(line);
    if (found) {
      const call = found[4]!.replace(/\/\d+$/, '').replace(/^anonymous fn in /, '');
      const dot = call.lastIndexOf('.');
      return frameOf(!LIBRARY.test(found[1] ?? ''), dot < 0 ? undefined : call.slice(0, dot), found[2], call.slice(dot + 1), found[3]);
    }
    const erlang = ERLANG.exec(line);
    if (erlang) {
      const [module, name] = erlang[1]!.includes(':') ? erlang[1]!.split(':') : [undefined, erlang[1]];
      return frameOf(!/^(?:erlang|gen_\w+|proc_lib|lists|supervisor)$/.test(module ?? ''), module, erlang[2], name, erlang[3]);
    }
    const term = TERM.exec(line);
    if (!term) return undefined;
    return frameOf(!/^(?:erlang|gen_\w+|proc_lib|lists|supervisor)$/.test(term[1]!), term[1], term[3], term[2], term[4]);
  },
  read: lines => {
    const exceptions: { type: string; message: string; frames: Frame[] }[] = [];
    for (const line of lines) {
      const raised =
        /\*\* \((?:(?:EXIT|exit|stop|throw)[^)]*\) )?\(?([A-Z][\w.]*|\w+)\)\s*(.*)$/.exec(line) ??
        /exception (error|exit|throw): (.*)$/.exec(line);
      if (raised) exceptions.push({ type: raised[1]!, message: raised[2]!, frames: [] });
      const frame = beam.frame(line, undefined);
      if (!frame) continue;
      if (exceptions.length === 0) exceptions.push({ type: 'error', message: lines[0]?.trim() ?? '', frames: [] });
      exceptions[exceptions.length - 1]!.frames.push(frame);
    }
    return exceptions as TracedException[];
  },
};
