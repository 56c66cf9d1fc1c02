import { Draft } from './draft.ts';
import type { LogFormat } from './format.ts';

/** A format inside another that wraps its lines. */
export interface WrappedFormat extends LogFormat {
  readonly outer: LogFormat;
  readonly inner: LogFormat;
  /** What the wrapper said of the line that was read last. */
  readonly wrapper: Draft;
}

const made = new WeakMap<LogFormat, WeakMap<LogFormat, WrappedFormat>>();

/** Reads lines of `inner` in the wrapper `outer`, for lines that have a time of their own; the same two give the same format. */
export function wrappedFormat(outer: LogFormat, inner: LogFormat): WrappedFormat {
  const inside = made.get(outer) ?? new WeakMap<LogFormat, WrappedFormat>();
  made.set(outer, inside);
  const format = inside.get(inner) ?? newFormat(outer, inner);
  inside.set(inner, format);
  return format;
}

function newFormat(outer: LogFormat, inner: LogFormat): WrappedFormat {
  const wrapper = new Draft();
  wrapper.takesPictures = false;
  // of the inner format all but the name
  const { name, samples: _, parts: __, first: ___, later: ____, ...rest } = inner;
  return {
    ...rest,
    name: `${outer.name}+${name}`,
    samples: [],
    nearMisses: [],
    outer,
    inner,
    wrapper,
    read(text, lo, hi, draft) {
      wrapper.reset();
      wrapper.time.shortOrder = draft.time.shortOrder;
      wrapper.time.longOrder = draft.time.longOrder;
      if (!outer.read(text, lo, hi, wrapper) || wrapper.partial || wrapper.text !== text) return false;
      if (!inner.read(text, wrapper.lo, wrapper.hi, draft) || Number.isNaN(draft.t)) return false;
      const { observed } = draft;
      addWrapper(draft, wrapper, Number.NaN);
      draft.observed = observed;
      return true;
    },
  };
}

/** What the application's line does not say is taken from the wrapper. */
export function addWrapper(inner: Draft, outer: Draft, arrival: number): void {
  if (Number.isNaN(inner.t)) {
    inner.t = arrival;
    inner.timeFlags = 0;
  }
  inner.observed = arrival;
  if (inner.severity === 0 && outer.severity > 0) {
    inner.severity = outer.severity;
    inner.severityText = outer.severityText;
  }
  if (outer.service !== '') {
    if (inner.service !== '') inner.set('logger', inner.service);
    inner.service = outer.service;
  }
  if (outer.instance !== '') inner.instance = outer.instance;
  if (inner.traceId === '') inner.traceId = outer.traceId;
  if (outer.attributes !== undefined) inner.attributes = Object.assign(outer.attributes, inner.attributes);
}
