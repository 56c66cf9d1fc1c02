import type { Reply } from '../../model/answer.ts';
import type { LogBatch, LogQuery } from '../../model/log.ts';
import type { LogColumns, LogScan, Source } from '../../model/source.ts';
import type { Context } from '../../model/tool.ts';
import { askEach, type FanOut } from '../fan-out.ts';

/**
 * Reads every matching log record of every source, side by side and in batches, so that memory does not grow with the logs.
 * @param take is given each batch as it comes
 * @param reply makes the answer of what was found; given, it also makes the answer in part of a call whose deadline passes meanwhile
 * @param columns what `take` looks at
 * @returns what the sources said at the end; its answers carry evidence and notes, the records went to `take`
 */
export async function scanLogs(
  query: LogQuery,
  context: Context,
  take: (batch: LogBatch, source: Source) => void,
  reply?: (found: FanOut<null>) => Reply,
  columns?: LogColumns,
): Promise<FanOut<null>> {
  const scans: { readonly source: Source; readonly scan: LogScan }[] = [];
  let records = 0;
  if (reply) context.publish(() => reply(soFar()));
  // At the deadline the records that were read go out; no source is given up before.
  const { patience: _patience, ...io } = context;
  return askEach(
    context.sources,
    source => source.logs,
    async (logs, source) => {
      const scan = logs.scan(query, context, columns);
      scans.push({ source, scan });
      for await (const batch of scan.batches) {
        take(batch, source);
        records += batch.length;
        context.progress(records, undefined, `${records} records`);
      }
      return scan.finish();
    },
    io,
  );

  function soFar(): FanOut<null> {
    const answers = scans.map(({ source, scan }) => {
      const answer = scan.finish();
      return { source, answer: { ...answer, complete: false, evidence: { ...answer.evidence, complete: false } } };
    });
    const rest = {
      kind: 'not_looked_at' as const,
      what: 'the rest of the logs',
      text: `${records} matching record${records === 1 ? ' was' : 's were'} read when the deadline passed; the rest is still being read.`,
      remedy: 'Call again with continue_id, or ask for a shorter window.',
    };
    return { answers, notes: [...answers.flatMap(({ answer }) => answer.notes), rest], asked: scans.length, failed: 0 };
  }
}
