import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from '../kit/server.ts';

test('docs/tools.md shows the tools as they are and the answers they give', async () => {
  const checked = promisify(execFile)(process.execPath, ['scripts/document-tools.mjs', '--check'], { cwd: root });
  await expect(checked).resolves.toMatchObject({ stderr: '' });
});
