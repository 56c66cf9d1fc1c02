import type { TestProject } from 'vitest/node';
import { type LiveServers, startServers } from './servers.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    servers: LiveServers;
  }
}

/** One set of real servers for all live tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { servers, stop } = await startServers();
  project.provide('servers', servers);
  return stop;
}
