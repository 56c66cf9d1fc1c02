import { JsonSplitter } from '../../bundle/json-splitter.ts';
import { partialJson } from '../../bundle/partial-json.ts';
import { readJaegerTrace } from '../../bundle/read-jaeger.ts';
import { readOtlpTraces } from '../../bundle/read-otlp-traces.ts';
import { readXray } from '../../bundle/read-xray.ts';
import { readZipkin } from '../../bundle/read-zipkin.ts';
import type { FileKind } from '../../bundle/recognise.ts';
import { MOST_SPANS, SpanBuilder } from '../../bundle/span-columns.ts';
import type { Content, ReadOptions } from './content.ts';
import { descendInto, documents } from './documents.ts';

/** The spans of a file of traces, whatever its format. */
export async function spanContent(chunks: AsyncIterable<Uint8Array>, kind: FileKind, head: Buffer, options: ReadOptions): Promise<Content> {
  const builder = new SpanBuilder(options.window, options.aliases);
  return kind === 'otlp-traces' ? await otlpTraces(chunks, builder) : await spanDocuments(chunks, kind, head, builder);
}

async function spanDocuments(chunks: AsyncIterable<Uint8Array>, kind: FileKind, head: Buffer, builder: SpanBuilder): Promise<Content> {
  let strange = 0;
  const { cut, bad } = await documents(chunks, descendInto(kind, head), document => {
    if (kind === 'jaeger') readJaegerTrace(document, builder);
    else if (kind === 'zipkin') readZipkin(document, builder);
    else strange += readXray(document, builder);
  });
  return ofSpans(builder, cut ? 'breaks off in the middle of an entry' : undefined, bad + strange);
}

/** One request a line is the way it is written; anything else goes through the slower splitter. */
async function otlpTraces(chunks: AsyncIterable<Uint8Array>, builder: SpanBuilder): Promise<Content> {
  let bad = 0;
  let rest: Buffer | undefined;
  let splitter: JsonSplitter | undefined;
  const read = (bytes: Buffer, start: number, end: number) => {
    try {
      readOtlpTraces(JSON.parse(bytes.toString('utf8', start, end)), builder);
    } catch {
      bad++;
    }
  };
  /** Reads the complete lines and returns where the last, incomplete one starts. */
  const lines = (bytes: Buffer): number => {
    let from = 0;
    for (;;) {
      const end = bytes.indexOf(10, from);
      if (end < 0) return from;
      let last = end - 1;
      while (last >= from && bytes[last]! <= 32) last--;
      if (last >= from) {
        // A line that does not close is part of a document over several lines.
        if (bytes[last] !== 125) {
          splitter = new JsonSplitter([], read);
          return from;
        }
        read(bytes, from, end);
      }
      from = end + 1;
    }
  };
  for await (const chunk of chunks) {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (splitter) {
      splitter.push(bytes);
      continue;
    }
    if (rest) bytes = Buffer.concat([rest, bytes]);
    const used = lines(bytes);
    rest = used < bytes.length ? Buffer.from(bytes.subarray(used)) : undefined;
    if (splitter && rest) {
      (splitter as JsonSplitter).push(rest);
      rest = undefined;
    }
  }
  let cut = splitter ? (splitter as JsonSplitter).finish() : false;
  if (rest && rest.toString('utf8').trim() !== '') {
    // Of a last line that breaks off, what stands before the break.
    cut = !readable(rest);
    readOtlpTraces(partialJson(rest.toString('utf8'), { wholeEntries: true }), builder);
  }
  return ofSpans(builder, cut ? 'breaks off in the middle of an entry' : undefined, bad);
}

function readable(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

function ofSpans(builder: SpanBuilder, damage: string | undefined, bad: number): Content {
  const spans = builder.finish();
  const oddities: string[] = [];
  if (spans.negative > 0)
    oddities.push(`${spans.negative} ${spans.negative === 1 ? 'span ends' : 'spans end'} before the start (duration read as 0)`);
  if (spans.timeless > 0)
    oddities.push(
      `${spans.timeless} ${spans.timeless === 1 ? 'span has' : 'spans have'} no readable time and ${spans.timeless === 1 ? 'is' : 'are'} left out`,
    );
  if (bad > 0) oddities.push(`${bad} of its entries are not valid JSON and are left out`);
  const missing = spans.surplus > 0 ? `holds more than ${MOST_SPANS} spans: ${spans.surplus} are left out` : damage;
  return {
    spans,
    ...(spans.first <= spans.last && { extent: { start: spans.first, end: Math.floor(spans.last) + 1 } }),
    oddities,
    ...(missing && { damage: missing }),
    bytes: spans.length * 200,
  };
}
