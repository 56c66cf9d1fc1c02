import { describe, expect, test } from 'vitest';
import { replayer } from '../kit/recording.ts';
import { HTTP_SUBJECTS, recordingOf, subjectAt } from './http-subjects.ts';
import { sourceContract } from './source-contract.ts';

/** Real servers kept the contract when the live suite was recorded; their answers keep it still. */
describe.each(HTTP_SUBJECTS)('recorded', subject => {
  const missing: string[] = [];
  sourceContract(subject.name, subject, async () => {
    const server = await replayer(recordingOf(subject), () => {}, missing);
    return subjectAt(subject, server);
  });
  test('everything that was asked was recorded', () => {
    expect(missing, 'record again: SRE_RECORD=1 .ci/live-suite').toEqual([]);
  });
});
