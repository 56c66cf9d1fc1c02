import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { formatInstant } from '../../src/model/time.ts';
import { rowsOf } from '../kit/product.ts';
import { replayer } from '../kit/recording.ts';
import { temporaryFolder } from '../kit/server.ts';
import { bundle, END, FIRED, START } from './data.ts';
import { ALERTMANAGER, recordingOf } from './http-subjects.ts';
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
  const answer = await product.call('query_events', { window, deadline_seconds: 2 });
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
