import type { z } from 'zod';
import type { Reply } from './answer.ts';
import type { Evidence, EvidenceId } from './evidence.ts';
import type { MetricName } from './series.ts';
import type { Io, Source } from './source.ts';
import type { Store } from './store.ts';
import type { TimeWindow } from './time.ts';

/** Who calls: `local` over stdio and from the shell, the token's name over HTTP. */
export interface Caller {
  readonly id: string;
  readonly scopes: readonly string[];
}

/** A tool's world: sources and store as ports, never by name of an implementation. */
export interface Context extends Io {
  readonly caller: Caller;
  readonly sources: readonly Source[];
  readonly store: Store;
  /** True when `now` is the newest record of recordings rather than the clock. */
  readonly recordedNow: boolean;
  /** Zone for times without one. @default 'UTC' */
  readonly zone: string;
  /** The time that all sources together cover; undefined = no record has a time. */
  readonly extent?: TimeWindow;
  /** What the configuration calls metrics in common (`metric_names`), before the names that are known anyway. */
  readonly metricNames?: readonly MetricName[];
  /** Registers evidence and gives its id; `exit/` makes it durable before the answer leaves. */
  record(evidence: Evidence): EvidenceId;
  /** Says how to answer in part: asked only when the deadline passes before the tool is done, and then for what is known by then. */
  publish(reply: () => Reply): void;
}

export interface ToolAnnotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** Every tool so far only looks, may be asked twice, and looks at the organisation's own back ends. */
export const READ_ONLY: ToolAnnotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

export interface Tool<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Strict object of the portable schema subset (see docs/decisions/schemas.md); the common arguments are added by `server/`. */
  readonly input: z.ZodObject<Shape>;
  readonly annotations: ToolAnnotations;
  /** Budget when the caller names none, in tokens. */
  readonly defaultTokens: number;
  run(input: z.infer<z.ZodObject<Shape>>, context: Context): Promise<Reply>;
}

/** Keeps the input's type for `run` and forgets it for the list of tools. */
export function defineTool<Shape extends z.ZodRawShape>(tool: Tool<Shape>): Tool {
  return tool as unknown as Tool;
}
