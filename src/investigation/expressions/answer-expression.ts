import type { Grid } from '../../analysis/metrics/expression/columns.ts';
import { LOOKBACK } from '../../analysis/metrics/expression/evaluate.ts';
import { parseExpression } from '../../analysis/metrics/expression/parse.ts';
import { plainPromql } from '../../analysis/metrics/expression/plain-promql.ts';
import { type Selection, selectionsOf } from '../../analysis/metrics/expression/selections.ts';
import type { Expression } from '../../analysis/metrics/expression/tree.ts';
import type { Note } from '../../model/answer.ts';
import { SreError } from '../../model/errors.ts';
import type { EvidenceId } from '../../model/evidence.ts';
import type { Source } from '../../model/source.ts';
import type { Millis, TimeWindow } from '../../model/time.ts';
import { distinctNotes, failureNote } from '../fan-out.ts';
import { computedRows, type EvidentSeries, type Part, partsOfInputs } from './compute.ts';
import { fetchedInputs, type MayHave, measuredUnits } from './inputs.ts';
import { type NativeRows, nativeRows } from './native.ts';
import { type Lacking, lackingOf } from './remarks.ts';
import type { SeriesReader } from './series-reader.ts';

export interface ExpressionQuestion {
  readonly text: string;
  readonly window: TimeWindow;
  /** Values lie on its multiples. */
  readonly step: Millis;
  /** @default all that have metrics */
  readonly sources?: readonly Source[];
  readonly services?: readonly string[] | undefined;
  /** Units that do not fit are left aside rather than refused. @default false */
  readonly anyUnits?: boolean;
  /** A server that answers with nothing is read as well, to say why, even where it has all names. @default false */
  readonly thorough?: boolean;
}

export interface ExpressionAnswer {
  readonly rows: readonly EvidentSeries[];
  readonly notes: readonly Note[];
  /** What may be wrong with the expression, for who wrote it. */
  readonly remarks: readonly Note[];
  /** Selectors that found nothing, where no source had an answer of its own. */
  readonly lacking: readonly Lacking[];
  /** Of the rows; where there are none, of what was looked at. */
  readonly evidence: readonly EvidenceId[];
  /** Sources that were asked. */
  readonly asked: number;
}

/**
 * An expression over what the sources have. A source whose own language it is answers it itself; of the others the series it names are
 * fetched with the history they need, by their own or by common names, and it is computed here: in each source that has all of them, else
 * over the sources together. A source that fails is a note.
 * @throws SreError `invalid_argument` with the column, for text that no source understands, before anything is asked; or where nothing can
 * be computed because units do not fit or elements cannot be told apart
 */
export async function answerExpression(question: ExpressionQuestion, reader: SeriesReader): Promise<ExpressionAnswer> {
  const { text, services } = question;
  const sources = question.sources ?? reader.sources();
  const parsed = parsedOf(text);
  const speaking = services?.length ? [] : sources.filter(source => source.metrics?.language === 'promql');
  const itself = parsed instanceof SreError || plainPromql(parsed, text);
  const native = await nativeRows(text, question.window, question.step, itself ? speaking : [], reader);
  if (parsed instanceof SreError) return onlyNative(parsed, native, sources);
  return await withComputed(parsed, question, native, sources, reader);
}

/** Servers understand more than is evaluated here. */
function onlyNative(refused: SreError, native: NativeRows, sources: readonly Source[]): ExpressionAnswer {
  if (native.asked.size === native.refused.length) throw refused;
  const others = sources.filter(({ id }) => !native.asked.has(id));
  return {
    rows: native.rows,
    notes: distinctNotes([...native.notes, ...others.map(source => failureNote(source, refused))]),
    remarks: [],
    lacking: [],
    evidence: evidenceOf(native.rows, [...native.silent.values()]),
    asked: sources.length,
  };
}

async function withComputed(
  expression: Expression,
  question: ExpressionQuestion,
  native: NativeRows,
  sources: readonly Source[],
  reader: SeriesReader,
): Promise<ExpressionAnswer> {
  const grid = gridOf(question);
  const selections = selectionsOf(expression, grid, LOOKBACK);
  const { rest, mayHave } = await toBeRead(selections, native, sources, question.thorough ?? false, reader);
  const fetched = await fetchedInputs(selections, question.services, rest, mayHave, reader);
  const measured = await measuredUnits(selections, rest, mayHave, reader);
  const found = partsOfInputs(expression, grid, fetched.inputs);
  const parts = found.length > 0 || native.asked.size > 0 ? found : partsOfNothing(selections, fetched.empty);
  const computed = computedRows(expression, parts, grid, measured, question.anyUnits ?? false);
  const rows = [...native.rows, ...computed.rows];
  const [refused] = [...native.refused, ...computed.refused.map(({ reason }) => reason)];
  if (rows.length === 0 && refused) throw refused;
  const having = new Set(fetched.inputs.map(({ source }) => source.id));
  const unread = [...native.silent.keys()].some(id => !rest.some(source => source.id === id));
  const looked = fetched.inputs.length + fetched.empty.length > 0;
  return {
    rows,
    notes: distinctNotes([
      ...native.notes.filter(({ source }) => source === undefined || !having.has(source)),
      ...fetched.notes,
      ...computed.notes,
      ...sources.flatMap(source =>
        computed.refused.filter(one => one.sources.includes(source.id)).map(one => failureNote(source, one.reason)),
      ),
    ]),
    remarks: distinctNotes(computed.remarks),
    lacking:
      native.rows.length > 0 || unread || !looked
        ? []
        : lackingOf(
            expression,
            grid,
            fetched.inputs.flatMap(({ series }) => series),
          ),
    evidence: evidenceOf(rows, [...native.silent.values(), ...fetched.inputs.flatMap(one => one.evidence), ...fetched.empty]),
    asked: sources.length,
  };
}

function parsedOf(text: string): Expression | SreError {
  try {
    return parseExpression(text);
  } catch (refused) {
    if (refused instanceof SreError) return refused;
    throw refused;
  }
}

function gridOf({ window, step }: ExpressionQuestion): Grid {
  const start = Math.ceil(window.start / step) * step;
  return { start, step, length: Math.max(1, Math.floor((window.end - 1 - start) / step) + 1) };
}

/**
 * Sources whose samples are needed: all but the servers that answered. Of those that answered with nothing, the ones that lack a name of the
 * expression, because they may have it by another; they are not asked for what they say they have not.
 */
async function toBeRead(
  selections: readonly Selection[],
  native: NativeRows,
  sources: readonly Source[],
  thorough: boolean,
  reader: SeriesReader,
): Promise<{ rest: Source[]; mayHave: MayHave }> {
  const wanted = selections.flatMap(({ selector }) => selector.name ?? []);
  const known = new Map<string, ReadonlySet<string>>();
  const rest: Source[] = [];
  for (const source of sources) {
    const names = native.silent.has(source.id) && !thorough ? await reader.names(source) : undefined;
    if (names) known.set(source.id, names);
    const lacks = names !== undefined && wanted.some(name => !names.has(name) && !names.has(`${name}_count`));
    if (!native.asked.has(source.id) || (native.silent.has(source.id) && (thorough || lacks))) rest.push(source);
  }
  return { rest, mayHave: (source, metric) => known.get(source.id)?.has(metric) ?? true };
}

/** Numbers need no source; and what is nowhere can still be asked whether it is absent, if somebody looked. */
function partsOfNothing(selections: readonly Selection[], empty: readonly EvidenceId[]): Part[] {
  return selections.length === 0 || empty.length > 0 ? [{ sources: [], series: [], evidence: empty }] : [];
}

function evidenceOf(rows: readonly EvidentSeries[], looked: readonly EvidenceId[]): EvidenceId[] {
  return [...new Set(rows.length > 0 ? rows.flatMap(({ evidence }) => evidence) : looked)];
}
