import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { rowsOf, type TestProduct, testProduct } from '../kit/product.ts';
import { temporaryFolder } from '../kit/server.ts';
import { incidentWindow, smallIncident } from '../kit/telemetry.ts';

const entityName = (row: JsonObject | undefined): unknown => (row?.['entity'] as JsonObject | undefined)?.['name'];

async function incident(): Promise<TestProduct> {
  const product = await testProduct([smallIncident()]);
  onTestFinished(() => product.close());
  return product;
}

const ASKED = { window: incidentWindow, alert: 'front-slow' };

describe('a small incident of two services', () => {
  it('blames what the alerted service calls, with the change and what its log says', async () => {
    const answer = await (await incident()).call('investigate', ASKED);
    expect(answer['verdict']).toBe('cause_found');
    const [first] = rowsOf(answer, 'causes');
    expect(entityName(first)).toBe('store');
    expect(JSON.stringify(first!['for'])).toContain('Pool size of store lowered');
    expect(JSON.stringify(first!['for'])).toContain('could not obtain a connection');
  });

  it('finds the onset within a few minutes of the fault', async () => {
    const answer = await (await incident()).call('investigate', ASKED);
    const onset = Date.parse(String(answer['onset']));
    expect(Math.abs(onset - Date.UTC(2026, 2, 3, 10, 40))).toBeLessThanOrEqual(3 * 60_000);
  });

  it('goes from the symptom to the cause', async () => {
    const answer = await (await incident()).call('investigate', ASKED);
    expect(rowsOf(answer, 'chain').map(entityName)).toEqual(['front', 'store']);
  });

  it('names no entity twice and gives every claim evidence that can be shown', async () => {
    const product = await incident();
    const answer = await product.call('investigate', ASKED);
    const causes = rowsOf(answer, 'causes');
    const names = causes.map(entityName);
    expect(new Set(names).size).toBe(names.length);
    const ids = causes.flatMap(cause => (cause['for'] as JsonObject[]).flatMap(claim => claim['evidence'] as string[]));
    expect(ids.length).toBeGreaterThan(0);
    for (const id of new Set(ids)) {
      const shown = await product.call('get_evidence', { id });
      expect(shown['error']).toBeUndefined();
    }
  });

  it('gives probabilities that do not add up to more than one', async () => {
    const answer = await (await incident()).call('investigate', ASKED);
    const sure = rowsOf(answer, 'causes').map(cause => cause['confidence'] as number);
    for (const one of sure) expect(one).toBeGreaterThanOrEqual(0);
    expect(sure.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(1.01);
  });

  it('is the same answer twice', async () => {
    const product = await incident();
    const [first, again] = [await product.call('investigate', ASKED), await product.call('investigate', ASKED)];
    expect(rowsOf(again, 'causes').length).toBeGreaterThan(0);
    expect(rowsOf(again, 'causes')).toEqual(rowsOf(first, 'causes'));
  });

  it('finds nothing wrong before the fault', async () => {
    const quiet = await (await incident()).call('investigate', { window: '2026-03-03T10:20:00Z/2026-03-03T10:35:00Z' });
    expect(quiet['verdict']).not.toBe('cause_found');
  });

  it('uses nothing after the end of the window', async () => {
    const early = await (await incident()).call('investigate', { window: '2026-03-03T10:15:00Z/2026-03-03T10:40:00Z' });
    expect(JSON.stringify(early)).not.toContain('could not obtain a connection');
  });

  it('offers the nearest name for an alert and a service that do not exist', async () => {
    const product = await incident();
    const alert = await product.call('investigate', { window: incidentWindow, alert: 'front-slwo' });
    expect(JSON.stringify(alert)).toContain('front-slow');
    const service = await product.call('investigate', { window: incidentWindow, service: 'stoer' });
    expect(JSON.stringify(service)).toContain('store');
  });
});

describe('more traffic and nothing broken', () => {
  it('is no incident', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'metrics'), { recursive: true });
    mkdirSync(join(folder, 'topology'), { recursive: true });
    const rows = ['time,metric,value,unit,service'];
    for (let minute = 0; minute < 120; minute++) {
      const t = new Date(Date.UTC(2026, 2, 3, 10, minute)).toISOString();
      const busy = minute >= 100 ? 8 : 1;
      for (const service of ['front', 'store']) {
        const wobble = (minute * 7) % 5;
        rows.push(`${t},requests,${busy * (100 + wobble)},1,${service}`);
        rows.push(`${t},request_duration_seconds,${0.02 + wobble / 1000},s,${service}`);
        rows.push(`${t},cpu_percent,${5 * busy + wobble / 10},%,${service}`);
      }
    }
    writeFileSync(join(folder, 'metrics/all.csv'), `${rows.join('\n')}\n`);
    writeFileSync(join(folder, 'topology/calls.csv'), 'from,to\nfront,store\n');
    const product = await testProduct([folder]);
    onTestFinished(() => product.close());
    const answer = await product.call('investigate', { window: '2026-03-03T11:30:00Z/2026-03-03T12:00:00Z' });
    expect(answer['verdict']).toBe('no_incident');
    expect(answer['summary']).toContain('usual traffic');
  });
});
