import type { WidgetQuery } from '../../model/dashboard.ts';
import { formatInstant, type Millis, type TimeWindow } from '../../model/time.ts';
import { chooseStep } from '../metrics/resample.ts';

/** What a variable stands for. `verbatim` = its "all" as the dashboard writes it, which no format may touch. */
export interface VariableValue {
  readonly values: readonly string[];
  /** Several may be chosen, so that one value must not be read as a pattern. */
  readonly several: boolean;
  readonly verbatim?: string;
  readonly all?: boolean;
}

export interface Scope {
  readonly values: ReadonlyMap<string, VariableValue>;
  readonly window: TimeWindow;
  /** Distance of the points, ms. */
  readonly interval: Millis;
  /** How often the data are collected, or the shortest step that the panel asks for, ms. */
  readonly collected: Millis;
  readonly title?: string;
}

export type Language = WidgetQuery['language'] | 'title';

const VARIABLE = /\$\{(\w+)(?:\.[^:}]+)?(?::([^}]+))?\}|\[\[(\w+?)(?::(\w+))?\]\]|\$(\w+)/g;
/** Filled in by other parts than variables, or by the data source itself. */
const ELSEWHERE =
  /^(?:__(?:timeFilter|timeGroup\w*|timeFrom|timeTo|time|unixEpoch\w*|field|data|series|value|name|cell\w*|user|org|url\w*|url_time_range|interpolated)|timeFilter)$/;

/**
 * A text with its variables filled in: `$v`, `${v}`, `${v:format}`, `[[v]]` and Grafana's own (`$__rate_interval`, `$__range_s` …).
 * @param text a query, title or legend
 * @param language what decides how several values are written when no format is named
 * @param scope values, window and step
 * @returns the text, and the names that nothing is known for: they stay as they are
 * @see https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
 * @example interpolate('up{job=~"$job"}', 'promql', { values: new Map([['job', { values: ['a.b', 'c'], several: true }]]), window: { start: 0, end: 1 }, interval: 1, collected: 1 }).text // => 'up{job=~"(a\\\\.b|c)"}'
 */
export function interpolate(text: string, language: Language, scope: Scope): { text: string; missing: string[] } {
  const missing = new Set<string>();
  const filled = text.replace(VARIABLE, (whole, braced, format, bracketed, bracketFormat, bare) => {
    const name: string = braced ?? bracketed ?? bare;
    const own = builtIn(name, format ?? bracketFormat, scope);
    if (own !== undefined) return own;
    const value = scope.values.get(name);
    if (value) return formatted(name, value, format ?? bracketFormat, language, scope);
    // `$1` of a replacement and `$__timeFilter(…)` are no variables of the dashboard.
    if (!ELSEWHERE.test(name) && !/^\d+$/.test(name)) missing.add(name);
    return whole;
  });
  return { text: filled, missing: [...missing] };
}

function formatted(name: string, value: VariableValue, format: string | undefined, language: Language, scope: Scope): string {
  if (value.values.some(one => one === '$__auto')) return duration(scope.interval);
  if (language === 'title' && format === undefined) return value.all && value.verbatim !== undefined ? 'All' : value.values.join(' + ');
  if (value.verbatim !== undefined && format !== 'queryparam' && format !== 'percentencode') return value.verbatim;
  const write = FORMATS[format ?? ''];
  return write ? write(value.values, name) : usual(value, language);
}

/** How a data source writes a value when nobody says how. */
function usual({ values, several }: VariableValue, language: Language): string {
  if (language === 'promql' || language === 'logql') {
    if (!several) return values.join(',').replace(/\\/g, '\\\\').replace(/"/g, '\\"');
    const escaped = values.map(value => value.replace(/[\\^$*+?.()|[\]{}]/g, '\\\\$&'));
    return escaped.length === 1 ? escaped[0]! : `(${escaped.join('|')})`;
  }
  if (language === 'sql') return several ? FORMATS['sqlstring']!(values, '') : values.join(',');
  if (language === 'elasticsearch') return FORMATS['lucene']!(values, '');
  return FORMATS['glob']!(values, '');
}

type Write = (values: readonly string[], name: string) => string;

const inQuotes =
  (quote: string, escaped: string): Write =>
  values =>
    values.map(value => quote + value.replaceAll(quote, escaped) + quote).join(',');

const FORMATS: Readonly<Record<string, Write>> = {
  raw: values => values.join(','),
  csv: values => values.join(','),
  text: values => values.join(' + '),
  pipe: values => values.join('|'),
  glob: values => (values.length === 1 ? values[0]! : `{${values.join(',')}}`),
  json: values => JSON.stringify(values.length === 1 ? values[0] : values),
  regex: values => {
    const escaped = values.map(value => value.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&'));
    return escaped.length === 1 ? escaped[0]! : `(${escaped.join('|')})`;
  },
  lucene: values => {
    const escaped = values.map(value => value.replace(/[!*+\-=<>\s&|()[\]{}^~?:\\/"]/g, '\\$&'));
    return values.length === 1 ? escaped[0]! : `(${values.map(value => `"${value.replace(/["\\]/g, '\\$&')}"`).join(' OR ')})`;
  },
  queryparam: (values, name) => values.map(value => `var-${name}=${encodeURIComponent(value)}`).join('&'),
  percentencode: values => encodeURIComponent(values.length === 1 ? values[0]! : `{${values.join(',')}}`),
  uriencode: values => encodeURI(values.length === 1 ? values[0]! : `{${values.join(',')}}`),
  singlequote: inQuotes("'", "\\'"),
  doublequote: inQuotes('"', '\\"'),
  sqlstring: inQuotes("'", "''"),
  distributed: (values, name) => values.map((value, i) => (i === 0 ? value : `${name}=${value}`)).join(','),
};

function builtIn(name: string, format: string | undefined, scope: Scope): string | undefined {
  const { window, interval, collected } = scope;
  const range = window.end - window.start;
  switch (name) {
    case '__interval':
    case '__auto':
    case '__auto_interval':
      return duration(interval);
    case '__interval_ms':
      return String(interval);
    case '__rate_interval':
      return duration(rateInterval(interval, collected));
    case '__rate_interval_ms':
      return String(rateInterval(interval, collected));
    case '__range':
      return `${Math.round(range / 1000)}s`;
    case '__range_s':
      return String(Math.round(range / 1000));
    case '__range_ms':
      return String(range);
    case '__from':
      return instant(window.start, format);
    case '__to':
      return instant(window.end, format);
    case '__dashboard':
      return scope.title;
    case '__timezone':
      return 'UTC';
    default:
      return name.startsWith('__auto_interval_') ? duration(interval) : undefined;
  }
}

function instant(t: Millis, format: string | undefined): string {
  if (format === undefined) return String(t);
  if (format === 'date:seconds') return String(Math.floor(t / 1000));
  return formatInstant(t);
}

/**
 * The range that a rate needs so that no two samples are missed: Grafana's rule.
 * @param interval distance of the points, ms
 * @param collected how often the data are collected, ms
 * @returns ms
 * @see https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/#use-__rate_interval
 * @example rateInterval(10000, 15000) // => 60000
 */
export function rateInterval(interval: Millis, collected: Millis): Millis {
  return Math.max(interval + collected, 4 * collected);
}

/**
 * A length as query languages write it, in the largest unit that gives a whole number.
 * @param millis > 0
 * @example duration(90000) // => '90s'
 */
export function duration(millis: Millis): string {
  const whole = Math.max(1, Math.round(millis));
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ];
  const [unit, size] = units.find(([, length]) => whole % length === 0) ?? ['ms', 1];
  return `${whole / size}${unit}`;
}

/** As many points as a chart can show apart. */
const POINTS = 240;

/**
 * The step of a panel: round, fine enough for a chart, not finer than the data are collected.
 * @param window what is shown
 * @param collected how often the data are collected, or the panel's own shortest step, ms
 * @returns ms
 * @example panelStep({ start: 0, end: 3600000 }, 15000) // => 15000
 */
export function panelStep(window: TimeWindow, collected: Millis): Millis {
  return Math.max(collected, chooseStep([], window, POINTS));
}
