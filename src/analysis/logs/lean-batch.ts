import type { JsonObject } from '../../model/json.ts';
import type { LogBatch } from '../../model/log.ts';
import { composedBody } from './composed-body.ts';
import type { TextBlock } from './text-block.ts';

/** The row has what its kind says. */
export const OF_KIND = -1;

/** Where a body is that stands nowhere in the block as it is. */
export const LOOSE = -1;
export const COMPOSED = -2;

/** What all lines of a kind have in common; undefined = it stands in the line. */
export interface KindTexts {
  readonly severityText: string;
  readonly service: string | undefined;
  readonly instance: string | undefined;
  readonly format: string;
}

/** The rows of a batch whose texts are made when somebody asks for them: plain data, which threads hand over. */
export interface LeanRows extends Pick<LogBatch, 'length' | 't' | 'observed' | 'severity' | 'line' | 'lines'> {
  /** Where the texts of a row stand in the arrays below, −1 = they are those of its kind. */
  readonly slot: Int32Array;
  /** Body in the block; −1 = in `body`; below that it is composed of the line from −2 − lo to hi, as the kind's format does. */
  readonly lo: Int32Array;
  readonly hi: Int32Array;
  /** −1 = none. */
  readonly kind: Int32Array;
  readonly serviceFrom: Int32Array;
  readonly serviceTo: Int32Array;
  readonly instanceFrom: Int32Array;
  readonly instanceTo: Int32Array;
  readonly severityText: readonly string[];
  readonly body: readonly string[];
  readonly service: readonly string[];
  readonly instance: readonly string[];
  readonly traceId: readonly string[];
  readonly spanId: readonly string[];
  readonly attributes: readonly (JsonObject | undefined)[];
  readonly format: readonly string[];
  /** Attributes of rows without a slot. */
  readonly notes: readonly (readonly [number, JsonObject])[];
}

/** A batch of a parser with `columns: 'templates'`. */
export interface LeanBatch extends LogBatch {
  readonly rows: LeanRows;
  readonly block: TextBlock;
}

/** @param kinds by their numbers; they may grow while the batch is in use */
export function leanBatch(rows: LeanRows, block: TextBlock, kinds: readonly KindTexts[]): LeanBatch {
  const { length, t, observed, severity, line, lines, slot, lo, hi, kind, serviceFrom, serviceTo, instanceFrom, instanceTo } = rows;
  const column = (settled: readonly string[], ofKind: (kind: KindTexts, row: number) => string) =>
    onDemand(() => {
      const texts = new Array<string>(length);
      for (let i = 0; i < length; i++) texts[i] = slot[i] === OF_KIND ? ofKind(kinds[kind[i]!]!, i) : settled[slot[i]!]!;
      return texts;
    });
  const severityText = column(rows.severityText, of => of.severityText);
  const service = column(rows.service, (of, i) => of.service ?? block.cut(serviceFrom[i]!, serviceTo[i]!));
  const instance = column(rows.instance, (of, i) => of.instance ?? block.cut(instanceFrom[i]!, instanceTo[i]!));
  const format = column(rows.format, of => of.format);
  const traceId = column(rows.traceId, () => '');
  const spanId = column(rows.spanId, () => '');
  const at = (i: number) => bodyOfRow(rows, block, kinds, i);
  const body = onDemand(() => Array.from({ length }, (_, i) => at(i)));
  const attributes = new Array<JsonObject | undefined>(length);
  for (let i = 0; i < length; i++) attributes[i] = slot[i] === OF_KIND ? undefined : rows.attributes[slot[i]!];
  for (const [row, note] of rows.notes) attributes[row] = note;
  return {
    length,
    t,
    observed,
    severity,
    line,
    lines,
    attributes,
    rows,
    block,
    spans: {
      cut: (from: number, to: number) => block.cut(from, to),
      bytes: block.bytes,
      lo,
      hi,
      kind,
      kinds,
      at,
    },
    get severityText() {
      return severityText();
    },
    get body() {
      return body();
    },
    get service() {
      return service();
    },
    get instance() {
      return instance();
    },
    get traceId() {
      return traceId();
    },
    get spanId() {
      return spanId();
    },
    get format() {
      return format();
    },
  };
}

/** The body of row `i`, wherever it stands. */
export function bodyOfRow(
  { lo, hi, slot, kind, body }: Pick<LeanRows, 'lo' | 'hi' | 'slot' | 'kind' | 'body'>,
  block: TextBlock,
  kinds: readonly KindTexts[],
  i: number,
): string {
  const from = lo[i]!;
  if (from >= 0) return block.cut(from, hi[i]!);
  return from === LOOSE ? body[slot[i]!]! : composedBody(kinds[kind[i]!]!.format, block.cut(COMPOSED - from, hi[i]!));
}

function onDemand(make: () => string[]): () => string[] {
  let column: string[] | undefined;
  return () => {
    column ??= make();
    return column;
  };
}
