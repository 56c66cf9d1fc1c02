import { expect, test } from 'vitest';
import { sreCopilot } from '../kit/shell.ts';

test('the demo finds what was broken in the recorded incident', async () => {
  const { code, output, errors } = await sreCopilot(['demo', '--json']);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  const brief = JSON.parse(output) as {
    verdict: string;
    causes: { entity: { name: string }; service?: string; fault: string; for: { evidence: string[] }[] }[];
  };
  expect(brief.verdict).toBe('cause_found');
  const [first] = brief.causes;
  expect(first?.service ?? first?.entity.name).toBe('postgres');
  expect(first?.fault).toBe('lock');
  expect(first?.for.flatMap(claim => claim.evidence).length).toBeGreaterThan(0);
});

test('as text it shows the command and the brief', async () => {
  const { code, output } = await sreCopilot(['demo']);
  expect(code).toBe(0);
  expect(output).toMatch(/^\$ sre-copilot investigate --files examples\/incidents\/inc-01 --window /);
  expect(output).toMatch(/Cause found/);
});
