import type { Dashboard, DashboardVariable, Widget } from '../../model/dashboard.ts';
import { nearestNames, SreError } from '../../model/errors.ts';
import type { VariableValue } from './interpolate.ts';

const ALL = '$__all';

/**
 * Choices of a caller, `name=value`, by variable. A value may be given several times, or as a list with commas.
 * @param texts such as `service=checkout` or `service=All`
 * @param dashboard whose variables they are
 * @returns values by name
 * @throws SreError `invalid_argument` for a text without `=` or a variable that is not there, with those that are
 * @example parseChoices(['env=a,b'], { variables: [{ name: 'env', kind: 'custom', multi: true, current: [], options: [] }] }) // => { env: ['a', 'b'] }
 */
export function parseChoices(texts: readonly string[], dashboard: Pick<Dashboard, 'variables'>): Record<string, string[]> {
  const chosen: Record<string, string[]> = {};
  for (const text of texts) {
    const [, name, value] = /^\s*\$?([\w-]+?)\s*=\s*(.*?)\s*$/s.exec(text) ?? [];
    if (name === undefined || value === undefined || value === '')
      throw new SreError('invalid_argument', `The variable "${text.slice(0, 80)}" is not \`name=value\`.`, {
        hint: 'Write it like `service=checkout`.',
      });
    const variable = dashboard.variables.find(one => one.name === name);
    if (!variable) throw unknownVariable(name, dashboard.variables);
    const parts = variable.options.includes(value) ? [value] : value.split(',').map(part => part.trim());
    chosen[name] = [
      ...(chosen[name] ?? []),
      ...parts.map(part => (/^(?:all|\$__all|\*)$/i.test(part) ? ALL : part)).filter(part => part !== ''),
    ];
  }
  return chosen;
}

function unknownVariable(name: string, variables: readonly DashboardVariable[]): SreError {
  const names = variables.map(variable => variable.name);
  const near = nearestNames(name, names);
  const listed = names.length ? `Its variables: ${names.join(', ')}.` : 'It has no variables.';
  return new SreError('invalid_argument', `The dashboard has no variable "${name}".`, {
    hint: near.length ? `Did you mean ${near.join(' or ')}?` : listed,
  });
}

/**
 * What a variable stands for: the caller's choice, else what the dashboard was saved with, else the first value there is. A saved value
 * that the data do not know gives way, because a dashboard travels and its data do not.
 * @param variable of the dashboard
 * @param given the caller's choice
 * @param known what the data have for it; undefined = not asked, or not known
 * @returns the value, and why it is not what the dashboard was saved with
 * @example valueOfVariable({ name: 'pod', kind: 'query', multi: false, current: ['gone'], options: [] }, undefined, ['a', 'b']).value.values // => ['a']
 */
export function valueOfVariable(
  variable: DashboardVariable,
  given: readonly string[] | undefined,
  known: readonly string[] | undefined,
): { readonly value: VariableValue; readonly instead?: string } {
  const options = known?.length ? known : variable.options;
  const several = variable.multi || variable.includeAll === true;
  const wanted = given ?? variable.current;
  if (wanted.includes(ALL)) return { value: everything(variable, options, several) };
  const there = given || !known?.length || variable.kind !== 'query' ? wanted : wanted.filter(value => known.includes(value));
  if (there.length > 0) return { value: { values: there, several } };
  const value = several && options.length > 0 ? everything(variable, options, several) : { values: options.slice(0, 1), several };
  const instead = wanted.length > 0 ? `was saved with ${wanted.slice(0, 3).join(', ')}, which the data do not have` : undefined;
  return { value, ...(instead === undefined ? {} : { instead }) };
}

function everything(variable: DashboardVariable, options: readonly string[], several: boolean): VariableValue {
  if (variable.allValue !== undefined) return { values: options, several, verbatim: variable.allValue, all: true };
  // Nothing is known to choose from: whatever there is.
  return options.length > 0 ? { values: options, several, all: true } : { values: [], several, verbatim: '.*', all: true };
}

/**
 * The part of each value that a variable's pattern takes: its group `value`, or the first group, or the whole match.
 * @param values what the query gave
 * @param pattern `/…/flags` or a plain pattern; undefined = everything
 * @returns distinct values in the order given; a pattern that is none lets everything through
 * @example patternValues(['up{job="a"}', 'x'], '/job="([^"]+)/') // => ['a']
 */
export function patternValues(values: readonly string[], pattern: string | undefined): string[] {
  const [, body, flags] = /^\/(.*)\/([a-z]*)$/s.exec(pattern ?? '') ?? [undefined, pattern ?? '', ''];
  let expression: RegExp;
  try {
    expression = new RegExp(body!, flags!.replace(/[gy]/g, ''));
  } catch {
    return [...new Set(values)];
  }
  if (body === '') return [...new Set(values)];
  const taken = values.flatMap(value => {
    const match = expression.exec(value);
    return match ? [match.groups?.['value'] ?? match[1] ?? match[0]] : [];
  });
  return [...new Set(taken.filter(value => value !== ''))];
}

/** What fills the options of a variable from series. */
export type SeriesQuestion =
  | { readonly ask: 'label'; readonly label: string; readonly selector?: string }
  | { readonly ask: 'names'; readonly pattern: string }
  | { readonly ask: 'labels'; readonly selector?: string }
  | { readonly ask: 'result'; readonly expression: string };

/**
 * What a query variable asks of a source of series.
 * @param query with its variables filled in: `label_values(metric{…}, label)`, `metrics(…)`, `query_result(…)`, `label_names()`
 * @returns undefined for what is none of these
 * @see https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/#query-variable
 * @example seriesQuestion('label_values(up{job="a"}, instance)') // => { ask: 'label', label: 'instance', selector: 'up{job="a"}' }
 */
export function seriesQuestion(query: string): SeriesQuestion | undefined {
  const [, name, inside] = /^\s*(label_values|label_names|metrics|query_result)\s*\((.*)\)\s*$/s.exec(query) ?? [];
  const argument = (inside ?? '').trim();
  if (name === 'metrics') return { ask: 'names', pattern: argument };
  if (name === 'query_result') return argument === '' ? undefined : { ask: 'result', expression: argument };
  if (name === 'label_names') return { ask: 'labels', ...(argument === '' ? {} : { selector: argument }) };
  if (name !== 'label_values') return undefined;
  const [, selector, label] = /^(?:(.+),)?\s*([\w.-]+)\s*$/s.exec(argument) ?? [];
  if (label === undefined) return undefined;
  return { ask: 'label', label, ...(selector?.trim() ? { selector: selector.trim() } : {}) };
}

/**
 * Names of variables that a text uses.
 * @param text a query or title
 * @param names of the dashboard's variables
 * @returns those that occur
 * @example variablesIn('sum(x{a="$b", c="${d:csv}"})', ['b', 'd', 'e']) // => ['b', 'd']
 */
export function variablesIn(text: string, names: readonly string[]): string[] {
  return names.filter(name => new RegExp(`\\$${name}(?!\\w)|\\$\\{${name}[}:.]|\\[\\[${name}[\\]:]`).test(text));
}

/**
 * Names of the variables that the widgets need, with those that these need in turn.
 * @param widgets that are to be shown
 * @param variables of the dashboard
 * @returns in the order of the dashboard
 * @example neededVariables([], [{ name: 'a', kind: 'custom', multi: false, current: [], options: [] }]) // => []
 */
export function neededVariables(widgets: readonly Widget[], variables: readonly DashboardVariable[]): string[] {
  const names = variables.map(variable => variable.name);
  const byName = new Map(variables.map(variable => [variable.name, variable]));
  const needed = new Set<string>();
  const add = (text: string): void => {
    for (const name of variablesIn(text, names)) {
      if (needed.has(name)) continue;
      needed.add(name);
      add(byName.get(name)?.query ?? '');
    }
  };
  for (const widget of widgets) {
    add(
      [
        widget.title,
        widget.text ?? '',
        ...widget.queries.flatMap(query => [query.text, query.legend ?? '', query.interval ?? '', ...Object.values(query.details ?? {})]),
      ].join('\n'),
    );
    if (widget.repeat) add(`$${widget.repeat.variable}`);
  }
  return names.filter(name => needed.has(name));
}
