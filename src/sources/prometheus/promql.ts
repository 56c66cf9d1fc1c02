import type { SyntaxNode } from '@lezer/common';
import { nearestNames, SreError } from '../../model/errors.ts';

/** One selector of an expression, as far as its cost and its names matter. */
export interface Selector {
  /** With its matchers, as written: `up{job="node"}`. */
  readonly text: string;
  /** Absent where the name is matched by a pattern only. */
  readonly metric?: string;
  /** Label names that it asks for. */
  readonly labels: readonly string[];
  /** Length of its range or subquery in ms; 0 = an instant vector. */
  readonly range: number;
}

export interface Checked {
  readonly selectors: readonly Selector[];
  readonly type: 'vector' | 'matrix' | 'scalar' | 'string';
}

type ValueType = Checked['type'] | 'unknown';

/**
 * An expression checked with Prometheus' own grammar, and with the types of its functions, before anything is sent.
 * @throws SreError `invalid_argument` with the position and what is expected there
 */
export async function checkPromql(text: string): Promise<Checked> {
  const { parser } = await import('@prometheus-io/lezer-promql');
  const tree = parser.parse(text);
  const selectors: Selector[] = [];
  let wrong: SyntaxNode | undefined;
  tree.iterate({
    enter(node) {
      if (node.type.isError) wrong ??= node.node;
      if (node.name === 'VectorSelector') selectors.push(selectorAt(node.node, text));
      return wrong === undefined;
    },
  });
  if (wrong) throw syntaxError(wrong, text);
  const top = tree.topNode.firstChild;
  if (!top) throw new SreError('invalid_argument', 'The PromQL expression is empty.', { hint: 'Write one such as `up`.' });
  const type = typeOf(top, text);
  return { selectors, type: type === 'unknown' ? 'vector' : type };
}

function selectorAt(node: SyntaxNode, text: string): Selector {
  const identifier = node.getChild('Identifier');
  const matchers = node.getChild('LabelMatchers');
  const quoted = matchers?.getChild('QuotedLabelName');
  const labels: string[] = [];
  let named: string | undefined;
  for (const matcher of matchers?.getChildren('UnquotedLabelMatcher') ?? []) {
    const label = slice(matcher.getChild('LabelName'), text);
    if (label !== '__name__') labels.push(label);
    else if (slice(matcher.getChild('MatchOp'), text) === '=') named = unquoted(slice(matcher.getChild('StringLiteral'), text));
  }
  const metric = identifier ? slice(identifier, text) : quoted ? unquoted(slice(quoted, text)) : named;
  return { text: slice(node, text), ...(metric ? { metric } : {}), labels, range: rangeAround(node, text) };
}

/** What the selector has to read at each step: its own range and those of the subqueries around it. */
function rangeAround(node: SyntaxNode, text: string): number {
  let range = 0;
  for (let at = node.parent; at; at = at.parent) {
    if (at.name === 'MatrixSelector' || at.name === 'SubqueryExpr') range += durationMs(slice(at.getChild('DurationExpr'), text));
  }
  return range;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** `1h30m` in ms; a bare number is seconds; what is computed counts as nothing. */
export function durationMs(text: string): number {
  const plain = text.trim();
  if (/^\d+(?:\.\d+)?$/.test(plain)) return Number(plain) * 1000;
  let length = 0;
  for (const [, count, unit] of plain.matchAll(/(\d+)(ms|[smhdwy])/g)) length += Number(count) * UNITS[unit!]!;
  return length;
}

function slice(node: SyntaxNode | null, text: string): string {
  return node ? text.slice(node.from, node.to) : '';
}

function unquoted(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, '$1');
}

function syntaxError(node: SyntaxNode, text: string): SreError {
  // An error node that is empty stands where something is missing.
  const at = node.from;
  const line = text.slice(0, at).split('\n').length;
  const column = at - text.lastIndexOf('\n', at - 1);
  const found = at >= text.trimEnd().length ? 'the end' : JSON.stringify(/^\S{1,20}/.exec(text.slice(at).trimStart())?.[0] ?? '');
  const where = line > 1 ? `line ${line}, character ${column}` : `character ${column}`;
  return new SreError('invalid_argument', `The PromQL expression is not right at ${where}: ${found} is not expected there.`, {
    hint: hintFor(node, text),
  });
}

function hintFor(node: SyntaxNode, text: string): string {
  const call = /([A-Za-z_]\w*)\s*$/.exec(text.slice(0, node.from))?.[1];
  if (call && /^\s*\(/.test(text.slice(node.from)) && !FUNCTIONS[call]) {
    const near = nearestNames(call, [...Object.keys(FUNCTIONS), ...AGGREGATIONS]);
    return near.length ? `There is no function ${call}. Did you mean ${near.join(' or ')}?` : `There is no function ${call}.`;
  }
  for (const [open, close] of ['()', '{}', '[]'].map(pair => [pair[0]!, pair[1]!] as const)) {
    const rest = text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '');
    const missing = rest.split(open).length - rest.split(close).length;
    if (missing > 0) return `${missing} closing ${close} ${missing === 1 ? 'is' : 'are'} missing.`;
    if (missing < 0) return `There ${missing === -1 ? 'is' : 'are'} ${-missing} ${close} too many.`;
  }
  if (/\{[^}]*[=~]\s*[A-Za-z0-9]/.test(text)) return 'Values of labels stand in quotes: {service="cart"}.';
  if (/\[\s*\D/.test(text)) return 'A range is a number and a unit: [5m].';
  if (/\$(__)?[A-Za-z]/.test(text)) return 'Variables of dashboards ($__rate_interval) are not known here: write the value.';
  return 'Write it as on the page of the server, such as sum by (service) (rate(http_requests_total[5m])).';
}

/** What functions take; `?` = may be left out, `*` = any number. Only what is certain is refused. */
const FUNCTIONS: Readonly<Record<string, string>> = (() => {
  const table: Record<string, string> = {};
  const put = (signature: string, names: string) => {
    for (const name of names.split(' ')) table[name] = signature;
  };
  put('matrix', 'avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate last_over_time mad_over_time');
  put(
    'matrix',
    'max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time absent_over_time',
  );
  put('matrix', 'ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time');
  put('scalar matrix', 'quantile_over_time');
  put('matrix scalar', 'predict_linear');
  put('matrix scalar scalar', 'double_exponential_smoothing holt_winters');
  put(
    'vector',
    'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor ln log10 log2 rad sgn sin sinh sort sort_desc sqrt',
  );
  put('vector', 'tan tanh timestamp scalar histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar');
  put('scalar vector', 'histogram_quantile');
  put('scalar scalar vector', 'histogram_fraction');
  put('vector scalar', 'clamp_max clamp_min');
  put('vector scalar scalar', 'clamp');
  put('vector scalar?', 'round');
  put('vector?', 'day_of_month day_of_week day_of_year days_in_month hour minute month year');
  put('vector string string string string', 'label_replace');
  put('vector string string string*', 'label_join');
  put('vector string*', 'sort_by_label sort_by_label_desc');
  put('vector vector?', 'info');
  put('scalar', 'vector');
  put('', 'pi time');
  return table;
})();
const AGGREGATIONS = ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar', 'topk', 'bottomk', 'quantile', 'count_values'];
const SAID = { vector: 'an instant vector', matrix: 'a range such as x[5m]', scalar: 'a number', string: 'a text' } as const;

function typeOf(node: SyntaxNode, text: string): ValueType {
  switch (node.name) {
    case 'NumberDurationLiteral':
      return 'scalar';
    case 'StringLiteral':
      return 'string';
    case 'MatrixSelector':
      requireType(node.firstChild!, 'vector', text, 'A range [ ]');
      return 'matrix';
    case 'SubqueryExpr':
      requireType(node.firstChild!, 'vector', text, 'A subquery [ : ]');
      return 'matrix';
    case 'ParenExpr':
    case 'OffsetExpr':
    case 'StepInvariantExpr':
    case 'UnaryExpr':
      return innerType(node, text);
    case 'AggregateExpr':
      for (const argument of bodyOf(node).slice(-1)) requireType(argument, 'vector', text, `${slice(node.firstChild, text)}()`);
      return 'vector';
    case 'BinaryExpr':
      return binaryType(node, text);
    case 'FunctionCall':
      return callType(node, text);
    case 'VectorSelector':
      return 'vector';
    default:
      return 'unknown';
  }
}

function innerType(node: SyntaxNode, text: string): ValueType {
  for (let child = node.firstChild; child; child = child.nextSibling) {
    const type = child.name === 'UnaryOp' ? 'unknown' : typeOf(child, text);
    if (type !== 'unknown') return type;
  }
  return 'unknown';
}

function binaryType(node: SyntaxNode, text: string): ValueType {
  const sides = [node.firstChild!, node.lastChild!];
  const types = sides.map(side => typeOf(side, text));
  sides.forEach((side, i) => {
    if (types[i] === 'matrix' || types[i] === 'string') throw typeError(side, types[i]!, 'vector', text, 'An operator');
  });
  if (types.includes('unknown')) return 'unknown';
  return types.every(type => type === 'scalar') ? 'scalar' : 'vector';
}

function callType(node: SyntaxNode, text: string): ValueType {
  const name = slice(node.getChild('FunctionIdentifier'), text);
  const signature = FUNCTIONS[name];
  const result: ValueType = ['scalar', 'time', 'pi'].includes(name) ? 'scalar' : 'vector';
  if (signature === undefined) return result;
  const wanted = signature.split(' ').filter(Boolean);
  const given = bodyOf(node);
  const least = wanted.filter(one => !/[?*]$/.test(one)).length;
  const most = wanted.some(one => one.endsWith('*')) ? Number.POSITIVE_INFINITY : wanted.length;
  if (given.length < least || given.length > most) {
    const count = least === most ? `${least}` : `at least ${least}`;
    throw new SreError('invalid_argument', `${name}() takes ${count} argument${count === '1' ? '' : 's'}, not ${given.length}.`, {
      hint: `It takes ${wanted.map(one => SAID[one.replace(/[?*]$/, '') as keyof typeof SAID]).join(', then ') || 'nothing'}.`,
    });
  }
  given.forEach((argument, i) => {
    requireType(argument, (wanted[i] ?? wanted.at(-1)!).replace(/[?*]$/, '') as Checked['type'], text, `${name}()`);
  });
  return result;
}

function bodyOf(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.getChild('FunctionCallBody')?.firstChild ?? null; child; child = child.nextSibling) {
    if (/^[A-Z]/.test(child.name) && child.name !== 'LineComment') found.push(child);
  }
  return found;
}

function requireType(node: SyntaxNode, wanted: Checked['type'], text: string, who: string): void {
  const type = typeOf(node, text);
  // What a server's version adds is not known here; it says so itself.
  if (type !== wanted && type !== 'unknown') throw typeError(node, type, wanted, text, who);
}

function typeError(node: SyntaxNode, type: Exclude<ValueType, 'unknown'>, wanted: Checked['type'], text: string, who: string): SreError {
  const what = slice(node, text).slice(0, 60);
  const hint =
    wanted === 'matrix' && type === 'vector'
      ? node.name === 'VectorSelector'
        ? `Write ${what}[5m].`
        : 'A computed value needs a subquery: (…)[10m:1m].'
      : wanted === 'vector' && type === 'matrix'
        ? 'Take the range away, or put rate(), increase() or …_over_time() around it.'
        : 'Check the order of the arguments.';
  return new SreError('invalid_argument', `${who} takes ${SAID[wanted]}, but "${what}" is ${SAID[type]} (character ${node.from + 1}).`, {
    hint,
  });
}
