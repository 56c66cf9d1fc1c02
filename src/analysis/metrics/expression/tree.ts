import { SreError } from '../../../model/errors.ts';
import type { Millis } from '../../../model/time.ts';

/** Where a part stands in the text: first character and the one after its last. */
export interface Place {
  readonly at: number;
  readonly end: number;
}

export type ValueKind = 'number' | 'vector' | 'range' | 'text';

export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A number; a duration such as `300ms` is one in seconds and says so, every other number takes the unit of its neighbour. */
export interface NumberLiteral extends Place {
  readonly kind: 'number';
  readonly value: number;
  readonly unit: 's' | undefined;
}

export interface TextLiteral extends Place {
  readonly kind: 'text';
  readonly value: string;
}

/** Series by name and labels; with `range` all their samples of so long before each step, without it the newest. */
export interface Selector extends Place {
  readonly kind: 'selector';
  readonly name: string | undefined;
  readonly matchers: readonly Matcher[];
  readonly range: Millis | undefined;
  readonly offset: Millis;
}

/** An expression evaluated at steps of its own, as a range. */
export interface Subquery extends Place {
  readonly kind: 'subquery';
  readonly of: Expression;
  readonly range: Millis;
  readonly step: Millis | undefined;
  readonly offset: Millis;
}

export interface Grouping {
  readonly by: boolean;
  readonly labels: readonly string[];
}

export interface Call extends Place {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expression[];
  /** Only `burn_rate` takes one. */
  readonly grouping: Grouping | undefined;
}

export interface Aggregation extends Place {
  readonly kind: 'aggregation';
  readonly op: string;
  readonly grouping: Grouping | undefined;
  readonly parameter: Expression | undefined;
  readonly of: Expression;
}

/** How the elements of two vectors find each other. */
export interface Matching {
  readonly on: boolean;
  readonly labels: readonly string[];
  /** The side that may have several elements for one of the other; undefined = one to one. */
  readonly many: 'left' | 'right' | undefined;
  /** Labels taken over from the side of one. */
  readonly include: readonly string[];
}

export interface Binary extends Place {
  readonly kind: 'binary';
  readonly op: string;
  readonly bool: boolean;
  readonly matching: Matching | undefined;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Negation extends Place {
  readonly kind: 'negation';
  readonly of: Expression;
}

export type Expression = NumberLiteral | TextLiteral | Selector | Subquery | Call | Aggregation | Binary | Negation;

export const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '>', '<=', '>=']);
export const SET_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

/** A refusal that names the column, counted from 1. */
export function refused(place: Pick<Place, 'at'>, what: string, hint: string): SreError {
  return new SreError('invalid_argument', `Expression, column ${place.at + 1}: ${what}`, { hint });
}

/** The parts of an expression, one level down. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'call':
      return expression.args;
    case 'aggregation':
      return expression.parameter ? [expression.parameter, expression.of] : [expression.of];
    case 'binary':
      return [expression.left, expression.right];
    case 'negation':
    case 'subquery':
      return [expression.of];
    default:
      return [];
  }
}
