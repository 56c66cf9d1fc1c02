import { expect } from 'vitest';
import type { Series } from '../../src/model/series.ts';
import type { Io } from '../../src/model/source.ts';
import type { TimeWindow } from '../../src/model/time.ts';

export type Values = Readonly<Record<string, readonly (readonly [t: number, v: number])[]>>;

/** Values by series; gaps and infinities are no values. */
export function valuesOf(all: readonly Series[]): Values {
  return Object.fromEntries(
    all.flatMap(({ name, labels, t, v }) => {
      const values = Array.from(t, (at, i) => [at, v[i]!] as const).filter(([, value]) => Number.isFinite(value));
      return values.length ? [[keyOf(name, labels), values]] : [];
    }),
  );
}

export function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  return `${name}${JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}

/** What a server says itself to a PromQL: values on the grid of a step, or the samples as they are stored. */
export async function asked(
  url: string,
  promql: string,
  window: TimeWindow,
  step: number | undefined,
  name?: string,
  extra = {},
): Promise<Values> {
  const at =
    step === undefined
      ? { query: `${promql}[${window.end - window.start}ms]`, time: (window.end - 1) / 1000 }
      : {
          query: promql,
          start: (Math.ceil(window.start / step) * step) / 1000,
          end: (Math.floor((window.end - 1) / step) * step) / 1000,
          step: step / 1000,
        };
  // As the source asks, so that a recording holds what both ask once.
  const parameters = new URLSearchParams(
    Object.entries({ ...at, partial_response: true }).map(([key, value]) => [key, String(value)] as [string, string]),
  );
  const path = step === undefined ? 'query' : 'query_range';
  const answer = (await (await fetch(`${url}/api/v1/${path}?${parameters}`)).json()) as {
    status: string;
    data: { result: { metric: Record<string, string>; values?: [number, string][] }[] };
  };
  expect(answer.status).toBe('success');
  return Object.fromEntries(
    answer.data.result.flatMap(({ metric: { __name__: own = '', ...labels }, values = [] }) => {
      const kept = values
        .map(([t, v]) => [Math.round(t * 1000), Number(v)] as const)
        .filter(([t, v]) => t >= window.start && t < window.end && Number.isFinite(v));
      return kept.length ? [[keyOf(name ?? own, { ...labels, ...extra }), kept]] : [];
    }),
  );
}

export function io(now = Date.UTC(2026, 2, 1, 1), signal = new AbortController().signal): Io {
  // No test waits for it: the present of the data is not the machine's.
  return { signal, now, deadline: Date.now() + 60_000, progress() {} };
}
