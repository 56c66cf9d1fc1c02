import type { JsonObject } from '../../model/json.ts';
import type { LogBatch } from '../../model/log.ts';

/** Growing columns of a `LogBatch`. Rows that may still get continuation lines stay behind when the finished ones are taken. */
export class BatchBuilder {
  length = 0;
  t: Float64Array = new Float64Array(256);
  observed: Float64Array = new Float64Array(256);
  severity: Uint8Array = new Uint8Array(256);
  line: Float64Array = new Float64Array(256);
  lines: Uint32Array = new Uint32Array(256);
  severityText: string[] = [];
  body: string[] = [];
  service: string[] = [];
  instance: string[] = [];
  traceId: string[] = [];
  spanId: string[] = [];
  attributes: (JsonObject | undefined)[] = [];
  format: string[] = [];

  /** Makes room for one more row and returns its index. */
  add(): number {
    const row = this.length++;
    if (row === this.t.length) {
      this.t = grown(this.t, new Float64Array(row * 2));
      this.observed = grown(this.observed, new Float64Array(row * 2));
      this.line = grown(this.line, new Float64Array(row * 2));
      this.severity = grown(this.severity, new Uint8Array(row * 2));
      this.lines = grown(this.lines, new Uint32Array(row * 2));
    }
    return row;
  }

  /** The first `count` rows; the others become the first ones. */
  take(count: number): LogBatch {
    const left = this.length - count;
    const batch: LogBatch = {
      length: count,
      t: this.t.slice(0, count),
      observed: this.observed.slice(0, count),
      severity: this.severity.slice(0, count),
      line: this.line.slice(0, count),
      lines: this.lines.slice(0, count),
      severityText: this.severityText,
      body: this.body,
      service: this.service,
      instance: this.instance,
      traceId: this.traceId,
      spanId: this.spanId,
      attributes: this.attributes,
      format: this.format,
    };
    this.severityText = this.severityText.splice(count, left);
    this.body = this.body.splice(count, left);
    this.service = this.service.splice(count, left);
    this.instance = this.instance.splice(count, left);
    this.traceId = this.traceId.splice(count, left);
    this.spanId = this.spanId.splice(count, left);
    this.attributes = this.attributes.splice(count, left);
    this.format = this.format.splice(count, left);
    for (const column of [this.t, this.observed, this.severity, this.line, this.lines]) column.copyWithin(0, count, this.length);
    this.length = left;
    return batch;
  }
}

function grown<T extends Float64Array | Uint8Array | Uint32Array>(old: T, wide: T): T {
  wide.set(old);
  return wide;
}
