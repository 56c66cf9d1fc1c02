import type { SeriesMatch, WidgetThreshold } from '../../../model/dashboard.ts';
import { fields, finite, list, text } from '../fields.ts';
import { type Alarm, alarmOf } from './colors.ts';

/** Where a list of coloured steps was found, and how a panel shows it. */
export interface StepsOptions {
  readonly origin: WidgetThreshold['origin'];
  /** `custom.thresholdsStyle.mode`; absent = values are only coloured. */
  readonly drawn?: string | undefined;
  readonly series?: SeriesMatch | undefined;
  /** Whether values take their colours from the steps. @default true */
  readonly colors?: boolean;
}

/** By how alarming a colour is. */
export const SEVERITIES = ['unknown', 'warning', 'critical'] as const;
/** What the editor gives every new panel: green, and red from 80. */
const DEFAULT_STEP = 80;

/**
 * Thresholds from coloured steps, each the colour of the values from its own up to the next one's. Which side is bad follows from the
 * order of the colours: red above green is bad above, red below green is bad below, red between greens is bad up to where it ends.
 * Steps whose colours say nothing stay, of unknown severity.
 * @param config `{mode, steps: [{value, color}]}` of Grafana; the first step is the base, whatever number it carries
 * @param options where it was found and how it is shown
 * @returns in rising order; empty when there are no steps beside the base. The editor's untouched red from 80 is marked `byDefault`
 *   unless the panel draws it
 * @see https://grafana.com/docs/grafana/latest/panels-visualizations/configure-thresholds/
 * @example stepThresholds({ steps: [{ color: 'red', value: null }, { color: 'green', value: 0.9 }] }, { origin: 'fieldConfig' }).map(t => [t.value, t.side, t.severity]) // => [[0.9, 'below', 'critical']]
 */
export function stepThresholds(config: unknown, options: StepsOptions): WidgetThreshold[] {
  const { mode, steps: raw } = fields(config);
  const percent = mode === 'percentage';
  const steps = stepsOf(list(raw));
  const style = drawnStyle(options.drawn);
  const untouched = !percent && style === 'color' && steps.length === 2 && isEditorStep(steps[1]!) && steps[0]!.alarm === 0;
  return [...regions(steps, 1), ...regions(steps, 2), ...silentSteps(steps)]
    .filter((one, i, all) => !all.slice(i + 1).some(worse => sameRegion(one, worse)))
    .sort((a, b) => a.value - b.value || a.alarm - b.alarm)
    .map(({ value, side, alarm, until, color }) => ({
      value,
      side,
      severity: SEVERITIES[alarm],
      ...(color === undefined ? {} : { color }),
      style,
      origin: options.origin,
      byDefault: untouched,
      ...(options.colors === false && style === 'color' ? { unseen: true } : {}),
      ...(percent ? { percent } : {}),
      ...(until === undefined ? {} : { until }),
      ...(options.series ? { series: options.series } : {}),
    }));
}

interface Step {
  readonly value: number;
  readonly color: string | undefined;
  readonly alarm: Alarm;
}

interface Region {
  readonly value: number;
  readonly side: 'above' | 'below';
  readonly alarm: Alarm;
  readonly color: string | undefined;
  readonly until?: number;
}

/** Rising. The first is the base, which reaches down without end whatever number it carries: so Grafana colours. */
function stepsOf(raw: readonly unknown[]): Step[] {
  const [base, ...rest] = raw.map((one): Step => {
    const { value, color } = fields(one);
    const shown = text(color);
    return { value: finite(value) ?? Number.NaN, color: shown, alarm: alarmOf(shown) };
  });
  return base ? [base, ...rest.filter(step => Number.isFinite(step.value)).sort((a, b) => a.value - b.value)] : [];
}

/** Stretches of values whose colours are at least so alarming. */
function regions(steps: readonly Step[], alarm: Alarm): Region[] {
  const found: Region[] = [];
  for (let k = 0; k < steps.length; k++) {
    if (steps[k]!.alarm < alarm) continue;
    const from = k;
    while (k + 1 < steps.length && steps[k + 1]!.alarm >= alarm) k++;
    const end = steps[k + 1]?.value;
    if (from > 0)
      found.push({
        value: steps[from]!.value,
        side: 'above',
        alarm,
        color: steps[from]!.color,
        ...(end === undefined ? {} : { until: end }),
      });
    else if (end !== undefined) found.push({ value: end, side: 'below', alarm, color: steps[k]!.color });
  }
  return found;
}

/** Boundaries between colours of which none is more alarming. */
function silentSteps(steps: readonly Step[]): Region[] {
  return steps.flatMap((step, k): Region[] =>
    k > 0 && step.alarm === steps[k - 1]!.alarm ? [{ value: step.value, side: 'above', alarm: 0, color: step.color }] : [],
  );
}

function sameRegion(a: Region, b: Region): boolean {
  return a.value === b.value && a.side === b.side && a.until === b.until;
}

function isEditorStep(step: Step): boolean {
  return step.value === DEFAULT_STEP && step.color === 'red';
}

function drawnStyle(mode: string | undefined): WidgetThreshold['style'] {
  if (mode === undefined || mode === 'off' || mode === '') return 'color';
  return mode === 'area' || mode === 'series' ? 'area' : 'line';
}
