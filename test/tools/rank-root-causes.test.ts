import { expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { rowsOf, testProduct } from '../kit/product.ts';
import { incidentWindow, smallIncident } from '../kit/telemetry.ts';

async function rank(args: JsonObject): Promise<JsonObject> {
  const product = await testProduct([smallIncident()]);
  onTestFinished(() => product.close());
  return product.call('rank_root_causes', { window: incidentWindow, ...args });
}

const name = (row: JsonObject) => (row['entity'] as JsonObject)['name'];

test('ranks as investigate does', async () => {
  const product = await testProduct([smallIncident()]);
  onTestFinished(() => product.close());
  const args = { window: incidentWindow, alert: 'front-slow' };
  const [told, ranked] = [await product.call('investigate', args), await product.call('rank_root_causes', args)];
  expect(rowsOf(ranked, 'causes').map(name)).toEqual(rowsOf(told, 'causes').map(name));
  expect(ranked['onset']).toBe(told['onset']);
});

test('a candidate keeps its rank among all, with its signs and their evidence', async () => {
  const answer = await rank({ candidates: ['front'] });
  const [row] = rowsOf(answer, 'causes');
  expect(name(row!)).toBe('front');
  expect(row!['rank']).toBeGreaterThan(1);
  for (const sign of rowsOf(answer, 'signs')) expect(sign).toMatchObject({ of: 'front', evidence: [expect.stringMatching(/^ev_/)] });
});

test('an onset that is given is used, and one outside the window is refused', async () => {
  expect(await rank({ onset: '2026-03-03T10:45:00Z' })).toMatchObject({ onset: '2026-03-03T10:45:00Z' });
  expect(await rank({ onset: '2026-03-04T10:45:00Z' })).toMatchObject({ error: { code: 'invalid_argument' } });
});

test('an unknown candidate is said, with the nearest name, and the others are still ranked', async () => {
  const answer = await rank({ candidates: ['stor', 'front'] });
  expect(rowsOf(answer, 'causes').map(name)).toEqual(['front']);
  expect(JSON.stringify(answer)).toContain('Did you mean store');
});
