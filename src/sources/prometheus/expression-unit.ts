import type { SyntaxNode } from '@lezer/common';
import { unitFromName } from '../../analysis/metrics/unit-spelling.ts';

/** Functions and aggregations whose result is in the unit of what they take. */
const KEEPS =
  /^(?:sum|avg|min|max|topk|bottomk|quantile|stddev|limitk|(?:avg|min|max|sum|last|first|quantile|stddev|mad)_over_time|abs|ceil|floor|round|clamp|clamp_min|clamp_max|increase|delta|idelta|sort|sort_desc|label_replace|label_join|predict_linear|histogram_sum|scalar|vector)$/;
const PER_SECOND = /^(?:rate|irate|deriv)$/;

/**
 * Unit of an expression's values by what is done to its metrics; `''` where that does not say. Sums of counted things, products and
 * quotients of different units stay unsaid.
 * @param metricUnit the unit of a metric, where it is known beside its name
 */
export async function unitOfExpression(promql: string, metricUnit: (name: string) => string | undefined): Promise<string> {
  const { parser } = await import('@prometheus-io/lezer-promql');
  const top = parser.parse(promql).topNode.firstChild;
  const text = (node: SyntaxNode | null) => (node ? promql.slice(node.from, node.to) : '');
  const unit = (node: SyntaxNode | null): string => {
    if (!node) return '';
    if (node.name === 'VectorSelector') {
      const name = text(node.getChild('Identifier'));
      return metricUnit(name) ?? unitFromName(name.replace(/_bucket$/, ''));
    }
    if (node.name === 'BinaryExpr') return quotient(node);
    if (node.name === 'FunctionCall' || node.name === 'AggregateExpr') return called(node);
    if (/^(?:ParenExpr|OffsetExpr|MatrixSelector|SubqueryExpr|StepInvariantExpr)$/.test(node.name)) return unit(node.firstChild);
    return '';
  };
  const called = (node: SyntaxNode): string => {
    const name = text(node.getChild('FunctionIdentifier') ?? node.getChild('AggregateOp'));
    // A quantile is in the unit of what was measured, however often that happened.
    if (/^histogram_(?:quantile|avg|stddev)$/.test(name)) return unit(selectorIn(node));
    const inner = unit(argumentOf(node));
    if (KEEPS.test(name)) return name === 'increase' && inner === '' ? '1' : inner;
    if (!PER_SECOND.test(name)) return '';
    // Seconds of work a second are processors in use.
    return inner === 's' ? '1' : inner ? `${inner}/s` : '/s';
  };
  const quotient = (node: SyntaxNode): string => {
    const [left, right] = [unit(node.firstChild), unit(node.lastChild)];
    if (node.getChild('Div')) {
      // The mean of a histogram: seconds a second over requests a second.
      if (/_sum\b/.test(text(node.firstChild)) && /_count\b/.test(text(node.lastChild)))
        return unitFromName(/(\w+)_sum\b/.exec(text(node.firstChild))![1]!);
      return left === right && left !== '' ? '1' : '';
    }
    if (node.getChild('Add') || node.getChild('Sub')) return left === right ? left : '';
    if (node.getChild('Mul') || node.getChild('Pow') || node.getChild('Mod')) return '';
    return left;
  };
  return unit(top);
}

function selectorIn(node: SyntaxNode): SyntaxNode | null {
  if (node.name === 'VectorSelector') return node;
  for (let child = node.firstChild; child; child = child.nextSibling) {
    const found = selectorIn(child);
    if (found) return found;
  }
  return null;
}

/** The argument that carries the series: the last one, but for what is written after it. */
function argumentOf(node: SyntaxNode): SyntaxNode | null {
  let found: SyntaxNode | null = null;
  for (let child = node.getChild('FunctionCallBody')?.firstChild ?? null; child; child = child.nextSibling) {
    if (/^[A-Z]/.test(child.name) && !/Literal$/.test(child.name)) found = child;
  }
  return found;
}
