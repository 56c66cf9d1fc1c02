/** What an argument's completions are taken from; the server knows where to look. */
export type Completion = 'services' | 'alerts' | 'windows' | 'investigations' | 'dashboards' | 'metrics';

export interface PromptArgument {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly completion?: Completion;
}

/** A procedure that a person starts by name and an assistant then follows with our tools. */
export interface Prompt {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly PromptArgument[];
  /** The procedure with the arguments filled in. */
  text(given: Readonly<Record<string, string | undefined>>): string;
}

/** An argument of the caller as one quoted line, so that it cannot pass for part of the procedure. */
export function quoted(value: string): string {
  return JSON.stringify(value.slice(0, 500));
}
