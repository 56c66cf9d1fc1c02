import type { Column } from './columns.ts';
import { wholePattern } from './pattern.ts';
import { type Call, type Expression, refused, type TextLiteral } from './tree.ts';

/** `label_replace(v, to, replacement, from, pattern)`: a label made from another one where the pattern fits the whole of it. */
export function replaced(columns: readonly Column[], call: Call): Column[] {
  const [to, replacement, from, pattern] = textsOf(call) as [string, string, string, string];
  checkLabel(to, call.args[1]!);
  const test = wholePattern(pattern, call.args[4]!);
  return columns.map(column => {
    const match = test.exec(labelOf(column, from));
    if (!match) return column;
    const value = replacement.replace(/\$(?:\{(\w+)\}|(\w+)|\$)/g, (whole, braced?: string, bare?: string) => {
      const group = braced ?? bare;
      if (group === undefined) return whole === '$$' ? '$' : whole;
      return (/^\d+$/.test(group) ? match[Number(group)] : match.groups?.[group]) ?? '';
    });
    return labelled(column, to, value);
  });
}

/** `label_join(v, to, separator, from, …)`: a label made from the values of others; one that is not there counts as empty. */
export function joined(columns: readonly Column[], call: Call): Column[] {
  const [to, separator, ...from] = textsOf(call) as [string, string, ...string[]];
  checkLabel(to, call.args[1]!);
  return columns.map(column => labelled(column, to, from.map(label => labelOf(column, label)).join(separator)));
}

function textsOf(call: Call): string[] {
  return call.args.slice(1).map(arg => (arg as TextLiteral).value);
}

function checkLabel(label: string, place: Expression): void {
  if (!/^[a-zA-Z_][\w.]*$/.test(label))
    throw refused(place, `"${label}" cannot be a label.`, 'Labels are made of letters, digits, _ and dots.');
}

function labelOf({ name, labels }: Column, label: string): string {
  return (label === '__name__' ? name : labels[label]) ?? '';
}

/** The column with a label of that value; an empty one is none. */
function labelled(column: Column, label: string, value: string): Column {
  if (label === '__name__') return { ...column, name: value };
  const { [label]: _, ...rest } = column.labels;
  return { ...column, labels: value === '' ? rest : { ...rest, [label]: value } };
}
