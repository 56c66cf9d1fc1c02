import type { Command } from './shell.ts';

export function generalHelp(commands: readonly (readonly [name: string, summary: string])[]): string {
  const width = Math.max(...commands.map(([name]) => name.length));
  return `sre-copilot finds the root cause of incidents in logs, metrics, traces, alerts and changes; an MCP server and a command.

Usage: sre-copilot [COMMAND] [OPTIONS]

Commands
${commands.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

  sre-copilot --files ./logs           serves the folder to an assistant, without any configuration
  sre-copilot COMMAND --help           explains one command
  sre-copilot --version

Exit codes: 0 done, 1 a bug, 2 wrong usage or input, 3 something could not be looked at (--allow-partial: 0),
            4 every source failed, 5 the condition of --fail-on was met
`;
}

export function commandHelp(name: string, command: Command): string {
  const rows = Object.entries(command.options).map(([option, { short, value, help, multiple }]) => [
    `  ${short ? `-${short}, ` : ''}--${option}${value ? ` ${value}` : ''}${multiple ? ' …' : ''}`,
    help,
  ]);
  const width = Math.max(0, ...rows.map(([left]) => left!.length));
  return `${command.description}

Usage: sre-copilot ${name} ${command.usage}
${rows.length ? `\nOptions\n${rows.map(([left, right]) => `${left!.padEnd(width)}  ${right}`).join('\n')}\n` : ''}`;
}
