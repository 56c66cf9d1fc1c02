import type { Tool } from '../model/tool.ts';
import { discover } from './discover.ts';

/** Every tool of the server, in the order clients see it: stable, because clients cache prompts by it. */
export const tools: readonly Tool[] = [discover];
