import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { progressBar } from '../../src/commands/progress.ts';
import type { Shell } from '../../src/commands/shell.ts';

function shell(isTTY: boolean): { shell: Shell; written(): string } {
  const errors = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 60 });
  const quiet = new PassThrough();
  return {
    shell: { arguments: [], environment: {}, folder: '', input: quiet, output: quiet, errors },
    written: () => (errors.read() as string | null) ?? '',
  };
}

test('on a terminal one line is redrawn, never wider than it, and removed at the end', () => {
  const { shell: terminal, written } = shell(true);
  const bar = progressBar(terminal);
  bar.show(1, 4, 'reading logs');
  expect(written()).toBe('\r\u001b[2K[######                  ] 25 % reading logs');
  bar.show(1, 4, 'reading logs');
  expect(written()).toBe('');
  bar.show(4, 4, 'x'.repeat(200));
  expect(written().length).toBeLessThanOrEqual('\r\u001b[2K'.length + 59);
  bar.show(7, undefined, '7 records');
  expect(written()).toBe('\r\u001b[2K7 records');
  bar.clear();
  bar.clear();
  expect(written()).toBe('\r\u001b[2K');
});

test('a pipe or a file gets no bar', () => {
  const { shell: pipe, written } = shell(false);
  const bar = progressBar(pipe);
  bar.show(1, 4, 'reading logs');
  bar.clear();
  expect(written()).toBe('');
});
