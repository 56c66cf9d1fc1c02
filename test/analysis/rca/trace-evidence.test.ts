import { describe, expect, it } from 'vitest';
import { traceEvidence } from '../../../src/analysis/rca/trace-evidence.ts';
import type { SpanBatch } from '../../../src/model/span.ts';
import { type SpanLike, spansOf } from '../traces/spans.ts';

const grid = { start: 0, step: 1000, length: 40 };
const CLIENT = 3;
const SERVER = 2;

/** A request a second through web to cart; from second 30 on the named part is slow by 400 ms. */
function requests(slow: 'cart' | 'way', parent = -1): SpanBatch {
  const spans: SpanLike[] = [];
  for (let i = 0; i < 40; i++) {
    const late = i >= 30 ? 400 : 0;
    const row = spans.length;
    spans.push({ service: 'web', start: i * 1000, duration: 60 + late, kind: SERVER, parent });
    spans.push({ service: 'web', start: i * 1000 + 5, duration: 50 + late, kind: CLIENT, parent: row, name: 'call' });
    spans.push({ service: 'cart', start: i * 1000 + 10, duration: 40 + (slow === 'cart' ? late : 0), kind: SERVER, parent: row + 1 });
  }
  return spansOf(spans);
}

function evidenceOf(spans: SpanBatch) {
  const componentOf = { span: (i: number) => spans.service[i]!, peer: () => undefined };
  const { columns, roots } = traceEvidence(spans, grid, componentOf, t => t < 30_000);
  const of = (component: string) => columns.find(column => column.component === component)!;
  return { of, roots };
}

const after = { lo: 30, hi: 40 };

describe('traceEvidence', () => {
  it('accuses the component whose own time grew, and not who waited for it', () => {
    const { of } = evidenceOf(requests('cart'));
    expect(of('cart').slowSelf.sum(after)).toBe(10);
    expect(of('web').slowSelf.sum(after)).toBe(0);
    expect(of('cart').slowGap.sum(after)).toBe(0);
  });

  it('accuses the way when the caller waits longer and the callee does not work longer', () => {
    const { of } = evidenceOf(requests('way'));
    expect(of('cart').slowGap.sum(after)).toBe(10);
    expect(of('cart').slowSelf.sum(after)).toBe(0);
  });

  it('counts requests that a proxy without recorded spans began', () => {
    expect(evidenceOf(requests('cart', -2)).roots.total()).toBe(40);
  });

  it('blames a failure on the deepest failed span', () => {
    const spans = spansOf([
      { service: 'web', start: 100, duration: 50, failed: true },
      { service: 'cart', start: 110, duration: 20, parent: 0, failed: true },
    ]);
    const { of } = evidenceOf(spans);
    expect(of('cart').failures.total()).toBe(1);
    expect(of('web').failures.total()).toBe(0);
  });
});
