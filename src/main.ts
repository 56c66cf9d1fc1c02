#!/usr/bin/env node
import { runCommand } from './commands/run.ts';
import { compileLater } from './runtime/compilation.ts';

compileLater();

// The only place that reads the process: arguments, environment, working folder and standard streams go on as values.
process.exitCode = await runCommand({
  arguments: process.argv.slice(2),
  environment: process.env,
  folder: process.cwd(),
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
});
