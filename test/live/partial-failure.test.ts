import { expect, inject, onTestFinished, test } from 'vitest';
import { formatInstant } from '../../src/model/time.ts';
import { END, START } from '../contract/data.ts';
import { withDeadAndSlow } from '../contract/partial-failure.ts';
import { rowsOf } from '../kit/product.ts';

const { prometheus, victoriametrics } = inject('servers');

test('metrics of two real servers stand beside one dead and one slow', async () => {
  const product = await withDeadAndSlow([
    { id: 'prom', kind: 'prometheus', url: prometheus },
    { id: 'vm', kind: 'prometheus', url: victoriametrics },
  ]);
  onTestFinished(() => product.close());
  const window = `${formatInstant(START)}/${formatInstant(END)}`;
  const answer = await product.call('query_metrics', { window, metric: 'http_requests_total', deadline_seconds: 5 });
  const of = (id: string) =>
    rowsOf(answer, 'series')
      .filter(row => row['source'] === id)
      .map(({ source: _source, evidence: _evidence, ...row }) => JSON.stringify(row))
      .sort();
  expect(of('prom').length).toBe(6);
  expect(of('vm')).toEqual(of('prom'));
  const missing = rowsOf(answer, 'notes').filter(note => note['kind'] === 'not_looked_at');
  expect(missing.map(note => note['what']).sort()).toEqual(['dead', 'slow']);
});
