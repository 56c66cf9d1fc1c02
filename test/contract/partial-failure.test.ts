import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { formatInstant } from '../../src/model/time.ts';
import { FAULTS, faultyProxy, VENDOR_TEXT } from '../kit/faulty-proxy.ts';
import { rowsOf, testProduct } from '../kit/product.ts';
import { replayer } from '../kit/recording.ts';
import { temporaryFolder } from '../kit/server.ts';
import { bundle, END, FIRED, START } from './data.ts';
import { ALERTMANAGER, PASSWORD, recordingOf } from './http-subjects.ts';
import { withDeadAndSlow } from './partial-failure.ts';

test('one dead and one slow source of four: the answers of the other two stand, before the deadline', async () => {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(bundle())) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const alertmanager = await replayer(recordingOf(ALERTMANAGER), onTestFinished);
  const product = await withDeadAndSlow([{ id: 'pager', kind: 'alertmanager', url: alertmanager.url }], [folder]);
  onTestFinished(() => product.close());

  const window = `${formatInstant(START)}/${formatInstant(END)}`;
  const answer = await product.call('query_events', { window, deadline_seconds: 6 });
  const alerts = rowsOf(answer, 'events').filter(row => row['kind'] === 'alert');
  const ofEach = [...new Set(alerts.map(row => row['evidence']))].map(id => alerts.filter(row => row['evidence'] === id).length);
  expect(ofEach).toEqual([FIRED.length, FIRED.length]);
  const notes = rowsOf(answer, 'notes').filter(note => note['kind'] === 'not_looked_at');
  expect(notes.find(note => note['what'] === 'dead')).toMatchObject({
    text: expect.stringContaining('source_unavailable'),
    remedy: 'Start it, or correct its address.',
  });
  expect(notes.find(note => note['what'] === 'slow')).toMatchObject({
    text: expect.stringContaining('source_timeout'),
    remedy: expect.stringContaining('alone'),
  });
  expect(answer['continueId']).toBeUndefined();
});

describe('every fault as a caller of the product meets it', () => {
  test.each(FAULTS.filter(fault => !fault.hangs).map(fault => [fault.name, fault] as const))('%s', async (_name, fault) => {
    const honest = await replayer(recordingOf(ALERTMANAGER), onTestFinished);
    const proxy = await faultyProxy(honest.url);
    const config = join(temporaryFolder(), 'sre-copilot.yaml');
    writeFileSync(
      config,
      stringify({ sources: [{ id: 'pager', kind: 'alertmanager', url: proxy.url, auth: { bearer: { token: PASSWORD } } }] }),
    );
    const product = await testProduct([], { config });
    onTestFinished(() => product.close());
    proxy.inject(fault);
    const answer = await product.call('query_events', { window: `${formatInstant(START)}/${formatInstant(END)}` });
    const said = JSON.stringify(answer);
    expect(answer['error']).toBeUndefined();
    expect(said).not.toContain(VENDOR_TEXT.slice(0, 13));
    expect(said).not.toContain(PASSWORD);
    const failure = rowsOf(answer, 'notes').find(note => note['what'] === 'pager');
    if (fault.expect.includes('answer')) {
      expect(rowsOf(answer, 'events').length).toBe(FIRED.length);
      return;
    }
    expect(fault.expect.some(code => String(failure?.['text']).endsWith(`(${code})`))).toBe(true);
    expect(failure?.['remedy']).toBeTruthy();
    expect(answer['summary']).toBe('No alert and no change in what answered; pager did not.');
  });
});
