import type { Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { SreError } from '../../model/errors.ts';

/** Reads a body to its end or to `maxBytes` of unpacked text, whichever comes first; a flood is cut off, not swallowed. */
export async function readBody(
  body: Readable,
  encoding: string | undefined,
  maxBytes: number,
  id: string,
): Promise<{ text: string; truncated: boolean }> {
  const unpacked = unpack(body, encoding);
  const chunks: Uint8Array[] = [];
  let size = 0;
  let truncated = false;
  try {
    for await (const chunk of unpacked as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      size += chunk.length;
      truncated = size > maxBytes;
      if (truncated) break;
    }
  } catch (failure) {
    if (unpacked === body || !/^Z_/.test(String((failure as { code?: string }).code))) throw failure;
    throw new SreError('unreadable', `The answer of source ${id} is packed and cannot be unpacked.`, {
      hint: 'Something between may damage it; ask again.',
      retryable: true,
      cause: failure,
    });
  } finally {
    body.destroy();
    if (unpacked !== body) unpacked.destroy();
  }
  const bytes = Buffer.concat(chunks);
  return { text: textOf(truncated ? bytes.subarray(0, maxBytes) : bytes, truncated), truncated };
}

function unpack(body: Readable, encoding: string | undefined): Readable {
  const unpacker =
    encoding === undefined || /^identity$/i.test(encoding) ? undefined : /gzip/i.test(encoding) ? createGunzip() : createInflate();
  if (!unpacker) return body;
  body.once('error', failure => unpacker.destroy(failure));
  return body.pipe(unpacker);
}

/** A letter that the limit cut in two is left out. */
function textOf(bytes: Uint8Array, truncated: boolean): string {
  return new TextDecoder('utf-8').decode(bytes, { stream: truncated });
}
