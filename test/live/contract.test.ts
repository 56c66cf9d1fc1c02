import { describe, inject } from 'vitest';
import { HTTP_SUBJECTS, recordingOf, subjectAt } from '../contract/http-subjects.ts';
import { sourceContract } from '../contract/source-contract.ts';
import { recorder } from '../kit/recording.ts';

const servers = inject('servers');
const record = process.env['SRE_RECORD'] === '1';

describe.each(HTTP_SUBJECTS)('real', subject => {
  sourceContract(subject.name, subject, async () => {
    const server = await recorder(servers[subject.name as keyof typeof servers], () => {});
    return subjectAt(subject, server, () => {
      if (record)
        server.save(
          recordingOf(subject),
          `Answers of a real ${subject.name} to the source contract, recorded by SRE_RECORD=1 .ci/live-suite.`,
        );
    });
  });
});
