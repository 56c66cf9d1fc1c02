import type { SettingOptions } from '../config.ts';
import type { Option, Values } from './shell.ts';

/** Options of every command that looks at sources. */
export const SOURCE_OPTIONS: Readonly<Record<string, Option>> = {
  files: { type: 'string', multiple: true, value: 'PATH', help: 'folder, glob or file to look at; may be given several times' },
  config: { type: 'string', value: 'FILE', help: 'configuration (default: ./sre-copilot.yaml when there is one)' },
  allow: { type: 'string', multiple: true, value: 'PATH', help: 'further folder below which files may be opened' },
  now: { type: 'string', value: 'TIME', help: 'the present (default: the clock; newest record where all are recordings)' },
  zone: { type: 'string', value: 'ZONE', help: 'IANA zone of times that carry none (default: UTC)' },
  state: { type: 'string', value: 'DIR', help: 'folder of the store (default: ~/.local/state/sre-copilot)' },
};

export const JSON_OPTION: Option = { type: 'boolean', help: 'print JSON; errors as {"error": …} on stderr' };
export const ALLOW_PARTIAL: Option = { type: 'boolean', help: 'exit 0 although something could not be looked at' };

export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

export function texts(values: Values, name: string): readonly string[] {
  const value = values[name];
  return [value].flat().filter(entry => typeof entry === 'string');
}

export function flag(values: Values, name: string): boolean {
  return values[name] === true;
}

export function settingOptions(values: Values): SettingOptions {
  return {
    config: text(values, 'config'),
    files: texts(values, 'files'),
    allow: texts(values, 'allow'),
    zone: text(values, 'zone'),
    now: text(values, 'now'),
    state: text(values, 'state'),
    listen: text(values, 'http'),
    tokens: text(values, 'tokens'),
    hosts: texts(values, 'allow-host'),
  };
}
