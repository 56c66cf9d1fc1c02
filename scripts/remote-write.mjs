// A remote-write request by hand: protobuf in snappy's block format. Only what record-promql.mjs has to say.

/** Bits of the NaN that means "the series ended here"; a JavaScript number does not keep them. */
const STALE_BITS = 0x7ff0000000000002n;

/** @param {readonly {name, labels, t, v}[]} series numbers, `'stale'`, or native histograms as promql-data.mjs writes them */
export function writeRequest(series) {
  const body = Buffer.concat(series.map(one => bytesField(1, timeSeries(one))));
  return snappy(body);
}

function timeSeries({ name, labels, t, v }) {
  const all = Object.entries({ __name__: name, ...labels }).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = all.map(([label, value]) =>
    bytesField(1, Buffer.concat([bytesField(1, Buffer.from(label)), bytesField(2, Buffer.from(value))])),
  );
  for (const [i, at] of t.entries()) {
    const value = v[i];
    if (typeof value === 'object') parts.push(bytesField(4, histogram(value, at)));
    else parts.push(bytesField(2, Buffer.concat([doubleField(1, value), varintField(2, BigInt(at))])));
  }
  return Buffer.concat(parts);
}

function histogram({ schema, zeroThreshold, zeroCount, count, sum, positive, negative }, at) {
  return Buffer.concat([
    varintField(1, BigInt(count)),
    doubleField(3, sum),
    varintField(4, zigzag(schema)),
    doubleField(5, zeroThreshold),
    varintField(6, BigInt(zeroCount)),
    ...side(8, 9, negative),
    ...side(11, 12, positive),
    varintField(15, BigInt(at)),
  ]);
}

/** Spans of neighbouring buckets, and each count as its difference to the one before. */
function side(spanField, deltaField, counts) {
  const indexes = Object.keys(counts)
    .map(Number)
    .sort((a, b) => a - b);
  const spans = [];
  let next = 0;
  for (const index of indexes) {
    const last = spans.at(-1);
    if (last && index === next) last.length++;
    else spans.push({ offset: last ? index - next : index, length: 1 });
    next = index + 1;
  }
  let before = 0;
  const deltas = indexes.map(index => {
    const delta = counts[index] - before;
    before = counts[index];
    return varint(zigzag(delta));
  });
  const written = spans.map(({ offset, length }) =>
    bytesField(spanField, Buffer.concat([varintField(1, zigzag(offset)), varintField(2, BigInt(length))])),
  );
  return deltas.length ? [...written, bytesField(deltaField, Buffer.concat(deltas))] : written;
}

function zigzag(n) {
  return n < 0 ? BigInt(-2 * n - 1) : BigInt(2 * n);
}

function varint(n) {
  const bytes = [];
  let rest = n;
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function varintField(field, value) {
  return Buffer.concat([varint(BigInt(field << 3)), varint(value)]);
}

function bytesField(field, bytes) {
  return Buffer.concat([varint(BigInt((field << 3) | 2)), varint(BigInt(bytes.length)), bytes]);
}

function doubleField(field, value) {
  const bytes = Buffer.alloc(8);
  if (value === 'stale') bytes.writeBigUInt64LE(STALE_BITS);
  else bytes.writeDoubleLE(value);
  return Buffer.concat([varint(BigInt((field << 3) | 1)), bytes]);
}

/** Literal blocks only: valid, and nobody minds the size on a loopback. */
function snappy(body) {
  const parts = [varint(BigInt(body.length))];
  for (let from = 0; from < body.length; from += 65_536) {
    const piece = body.subarray(from, from + 65_536);
    const head = Buffer.alloc(3);
    head[0] = 61 << 2;
    head.writeUInt16LE(piece.length - 1, 1);
    parts.push(head, piece);
  }
  return Buffer.concat(parts);
}
