import { spawn } from 'node:child_process';
import { cleanEnvironment, command, temporaryFolder } from './server.ts';

export interface ShellResult {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs the built command to its end, without anything of the machine's own configuration. */
export function sreCopilot(
  words: readonly string[],
  options: { input?: string | Uint8Array; env?: Record<string, string>; cwd?: string } = {},
): Promise<ShellResult> {
  const child = spawn(process.execPath, [command, ...words], {
    env: cleanEnvironment(options.env),
    cwd: options.cwd ?? temporaryFolder(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', code => done({ code, output, errors }));
  });
}
