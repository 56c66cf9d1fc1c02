import { JsonSplitter } from '../../bundle/json-splitter.ts';
import { partialJson } from '../../bundle/partial-json.ts';
import type { FileKind } from '../../bundle/recognise.ts';

/** Every JSON document of a file, or every element of the arrays in `descend`, parsed. */
export async function documents(
  chunks: AsyncIterable<Uint8Array>,
  descend: readonly string[],
  use: (document: unknown) => void,
): Promise<{ cut: boolean; bad: number }> {
  let bad = 0;
  const splitter = new JsonSplitter(descend, (bytes, start, end) => {
    let document: unknown;
    try {
      document = JSON.parse(bytes.toString('utf8', start, end));
    } catch {
      bad++;
      return;
    }
    use(document);
  });
  for await (const chunk of chunks) splitter.push(chunk);
  return { cut: splitter.finish(), bad };
}

/** Where the elements of a large document lie: `''` = the document itself is an array (or each line is an element). */
export function descendInto(kind: FileKind, head: Buffer): readonly string[] {
  const shape = partialJson(head.toString('utf8'));
  if (Array.isArray(shape)) return [''];
  const has = (key: string) => typeof shape === 'object' && shape !== null && key in shape;
  if (kind === 'prometheus-json') return has('data') ? ['data.result'] : has('result') ? ['result'] : [];
  if (kind === 'jaeger') return has('data') ? ['data'] : [];
  if (kind === 'xray') return has('Traces') ? ['Traces'] : [];
  return [];
}
