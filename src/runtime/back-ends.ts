import type { Millis } from '../model/time.ts';
import { type CacheOptions, cache } from './cache.ts';
import { createHttp, type HttpClient, type HttpOptions } from './http.ts';
import { type ResilienceOptions, resilience } from './resilience.ts';

export interface BackEndOptions {
  readonly cache?: CacheOptions;
  readonly resilience?: Partial<ResilienceOptions>;
}

/** Makes the HTTP client of each source, with everything around it that the sources do not know. One for the whole process: it holds what is shared. */
export function backEnds(clock: () => Millis, options: BackEndOptions = {}): (http: HttpOptions) => HttpClient {
  const kept = cache(clock, options.cache);
  const guarded = resilience(clock, { random: Math.random, ...options.resilience });
  return http => kept(guarded(createHttp(http, clock), http.id), http.id);
}
