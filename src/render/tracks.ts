import type { Series } from '../model/series.ts';
import { lowerBound } from './decimate.ts';
import type { Look, PanelPicture } from './picture.ts';
import { formatValue, type UnitFormat, unitFormat } from './unit-format.ts';

/** A series as it is drawn. */
export interface Track {
  readonly series: Series;
  readonly name: string;
  readonly color: string;
  /** Beyond the colours that there are, dashes tell series apart. */
  readonly dash: string | undefined;
  /** Named in the legend; the others are drawn in grey. */
  readonly isNamed: boolean;
  readonly axis: 'left' | 'right';
  /** Makes a value one of its axis. */
  readonly factor: number;
  readonly numbers: Numbers;
}

/** Of the values inside the window; NaN where there is none. */
export interface Numbers {
  readonly last: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly count: number;
}

export interface Tracks {
  readonly all: readonly Track[];
  readonly left: UnitFormat;
  readonly right: UnitFormat | undefined;
  /** Series in a third unit, which no axis can show. */
  readonly unshown: number;
}

const DASHES = [undefined, '5 3', '2 2'];

/** Series in the order of the dashboard. When there are more than can be named, those with the highest peaks are. */
export function tracksOf({ widget, series }: PanelPicture, look: Look, mostNamed: number): Tracks {
  const shown = series
    .map(one => ({ one, numbers: numbersOf(one, look), format: formatOf(one, widget) }))
    .filter(({ numbers }) => numbers.count > 0);
  const families = [...new Set(shown.map(({ format }) => format.family))];
  const formatOn = (family: string | undefined) => shown.find(({ format }) => format.family === family)?.format;
  const left = formatOn(families[0]) ?? unitFormat(widget.unit, widget.nativeUnit);
  const right = formatOn(families[1]);
  const drawn = shown.filter(({ format }) => families.indexOf(format.family) < 2);
  const named = new Set(
    drawn.length <= mostNamed ? drawn : [...drawn].sort((a, b) => peak(b.numbers) - peak(a.numbers)).slice(0, mostNamed),
  );
  let next = 0;
  const all = drawn.map((entry): Track => {
    const { one, numbers, format } = entry;
    const axis = format.family === left.family ? 'left' : 'right';
    const isNamed = named.has(entry);
    const order = isNamed ? next++ : 0;
    const { series: colors } = look.theme;
    return {
      series: one,
      name: one.name,
      color: isNamed ? colors[order % colors.length]! : look.theme.other,
      dash: isNamed ? DASHES[Math.floor(order / colors.length) % DASHES.length] : undefined,
      isNamed,
      axis,
      factor: format.toBase / (axis === 'left' ? left : right!).toBase,
      numbers,
    };
  });
  return { all, left, right, unshown: shown.length - drawn.length };
}

/** The unit of the series where it has one, else the widget's. */
export function formatOf(series: Series, { unit, nativeUnit }: PanelPicture['widget']): UnitFormat {
  return unitFormat(series.unit || unit, series.unit === '' || series.unit === unit ? nativeUnit : undefined);
}

/** A value in words, in the unit of its series. */
export function valueText(value: number, series: Series, widget: PanelPicture['widget']): string {
  return formatValue(value, formatOf(series, widget), widget.decimals);
}

function peak({ max }: Numbers): number {
  return max;
}

export function numbersOf({ t, v }: Series, { window }: Pick<Look, 'window'>): Numbers {
  let [last, min, max, sum, count] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = lowerBound(t, window.start); i < t.length && t[i]! < window.end; i++) {
    const value = v[i]!;
    if (!Number.isFinite(value)) continue;
    last = value;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    count++;
  }
  return count > 0 ? { last, min, max, mean: sum / count, count } : { last, min: Number.NaN, max: Number.NaN, mean: Number.NaN, count };
}
