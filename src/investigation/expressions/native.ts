import type { Note } from '../../model/answer.ts';
import { SreError } from '../../model/errors.ts';
import type { EvidenceId } from '../../model/evidence.ts';
import type { Source } from '../../model/source.ts';
import type { Millis, TimeWindow } from '../../model/time.ts';
import { askEach } from '../fan-out.ts';
import type { EvidentSeries } from './compute.ts';
import { hasMetrics, type SeriesReader } from './series-reader.ts';

export interface NativeRows {
  readonly rows: readonly EvidentSeries[];
  readonly notes: readonly Note[];
  /** Ids of all that were asked. */
  readonly asked: ReadonlySet<string>;
  /** Those that answered with nothing, and the evidence of that. */
  readonly silent: ReadonlyMap<string, EvidenceId>;
  /** Of those that do not understand the text. */
  readonly refused: readonly SreError[];
}

/** What servers say that run the text as it is. */
export async function nativeRows(
  native: string,
  window: TimeWindow,
  step: Millis,
  sources: readonly Source[],
  reader: SeriesReader,
): Promise<NativeRows> {
  const { context } = reader;
  const refused: SreError[] = [];
  const { answers, notes } = await askEach(
    sources,
    source => (hasMetrics(source) ? source : undefined),
    source =>
      reader.query(source, { window, step, native }).catch(failure => {
        if (failure instanceof SreError && failure.code === 'invalid_argument') refused.push(failure);
        throw failure;
      }),
    context,
  );
  const rows: EvidentSeries[] = [];
  const silent = new Map<string, EvidenceId>();
  for (const { source, answer } of answers) {
    const evidence = reader.record(answer.evidence);
    if (answer.data.length === 0) silent.set(source.id, evidence);
    for (const series of answer.data)
      rows.push({ series: { ...series, name: ownName(series.name, native) }, evidence: [evidence], source: source.id });
  }
  return { rows, notes, asked: new Set(sources.map(({ id }) => id)), silent, refused };
}

/** A server calls what it computed by the expression, which is in the question already: that is no name. */
function ownName(name: string, text: string): string {
  return /[^\w:.]/.test(name) && text.trim().startsWith(name.replace(/…$/, '')) ? '' : name;
}
