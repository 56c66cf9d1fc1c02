import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../config.ts';

/** The process as a command sees it. */
export interface Shell {
  readonly arguments: readonly string[];
  readonly environment: Environment;
  readonly folder: string;
  readonly input: Readable;
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly errors: Writable & { readonly isTTY?: boolean; readonly columns?: number };
}

export type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  readonly short?: string;
  /** What stands for the value in the help: `DIR`. */
  readonly value?: string;
  readonly help: string;
}

/** One word of the command line. Its file is loaded only when the word is used. */
export interface Command {
  readonly usage: string;
  readonly description: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Exit code. Errors are thrown and turned into a sentence and a code by `run.ts`. */
  run(values: Values, words: readonly string[], shell: Shell): Promise<number>;
}

export const EXIT = { done: 0, bug: 1, usage: 2, partial: 3, sourcesFailed: 4, condition: 5 } as const;

/** Whoever read the output has gone away (`| head`): there is nothing left to do, and it is no failure. */
export class ReaderGone extends Error {}

/** Waits until everything is written, so that a pipe gets the end too. @throws ReaderGone */
export function print(stream: Writable, text: string): Promise<void> {
  return new Promise((done, failed) => {
    stream.write(text, error => {
      if (!error) done();
      else failed((error as NodeJS.ErrnoException).code === 'EPIPE' ? new ReaderGone() : error);
    });
  });
}
