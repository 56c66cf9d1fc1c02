import { type KindTexts, type LeanBatch, type LeanRows, leanBatch } from '../../analysis/logs/lean-batch.ts';
import { TextBlock } from '../../analysis/logs/text-block.ts';
import type { JsonObject } from '../../model/json.ts';
import type { LogBatch } from '../../model/log.ts';

/** A batch of a reader of templates as it goes from one thread to another: numbers are handed over, texts are copied where they are no part of the block. */
export interface PackedBatch {
  readonly rows: LeanRows;
  readonly bytes: Uint8Array;
  readonly ascii: boolean;
}

/** @param batch of a parser with `columns: 'templates'`, whose block stands in a buffer of its own */
export function packed(batch: LogBatch): PackedBatch {
  const { rows, block } = batch as LeanBatch;
  const used = rows.slot.reduce((most, slot) => Math.max(most, slot + 1), 0);
  const filled = <T>(column: readonly T[]) => column.slice(0, used);
  const texts = {
    severityText: filled(rows.severityText),
    body: filled(rows.body),
    service: filled(rows.service),
    instance: filled(rows.instance),
    traceId: filled(rows.traceId),
    spanId: filled(rows.spanId),
    attributes: filled(rows.attributes),
    format: filled(rows.format),
  };
  return { rows: { ...rows, ...texts }, bytes: block.given, ascii: block.isAscii };
}

/** What need not be copied. */
export function transferable(batches: readonly PackedBatch[]): ArrayBuffer[] {
  return [...new Set(batches.flatMap(({ rows, bytes }) => [rows.t.buffer as ArrayBuffer, bytes.buffer as ArrayBuffer]))].filter(
    ({ byteLength }) => byteLength > 0,
  );
}

/**
 * @param kinds what the numbers of kinds refer to
 * @param lineOffset lines before the piece that the batch is of
 * @param notes whether what is noted about times is to be kept
 */
export function unpacked({ rows, bytes, ascii }: PackedBatch, kinds: readonly KindTexts[], lineOffset: number, notes: boolean): LogBatch {
  for (let i = 0; i < rows.length; i++) rows.line[i]! += lineOffset;
  const block = new TextBlock(bytes, ascii);
  return leanBatch(notes ? rows : { ...rows, notes: [], attributes: rows.attributes.map(withoutNote) }, block, kinds);
}

function withoutNote(attributes: JsonObject | undefined): JsonObject | undefined {
  if (attributes === undefined) return undefined;
  const { 'time.note': _, ...rest } = attributes;
  return Object.keys(rest).length === 0 ? undefined : rest;
}
