import type { Mark, WidgetThreshold } from '../model/dashboard.ts';

export type ThemeName = 'dark' | 'light';

export interface Theme {
  readonly name: ThemeName;
  readonly page: string;
  readonly panel: string;
  readonly border: string;
  readonly grid: string;
  readonly text: string;
  /** Axes, legends, notes. */
  readonly muted: string;
  /** Series that are drawn but not named. */
  readonly other: string;
  /** Ground of gauges and bars. */
  readonly track: string;
  /** In the order of use: any two are told apart also by people who do not see red or green, the first four most easily. */
  readonly series: readonly string[];
  readonly ok: string;
  readonly warning: string;
  readonly critical: string;
  readonly marks: Readonly<Record<Mark['kind'], string>>;
  /** From little to much; lightness rises or falls all the way. */
  readonly heat: readonly string[];
}

const DARK: Theme = {
  name: 'dark',
  page: '#111217',
  panel: '#181b1f',
  border: '#2a2d33',
  grid: '#2c2f35',
  text: '#ccccdc',
  muted: '#9fa1a9',
  other: '#63666e',
  track: '#2c2f35',
  series: ['#5577fa', '#fd952f', '#2bbd9a', '#f7d80c', '#c971c4', '#9adcf7', '#e0542f', '#9c86f0'],
  ok: '#56a64b',
  warning: '#f2b90c',
  critical: '#f2495c',
  marks: { incident: '#f2495c', anomaly: '#c77dff', change: '#6fb1ff', alert: '#ff9830' },
  heat: ['#1f2530', '#27406b', '#2a6594', '#2f8fa8', '#5cb89a', '#b5d86b', '#fdf29a'],
};

const LIGHT: Theme = {
  name: 'light',
  page: '#f4f5f5',
  panel: '#ffffff',
  border: '#d8dadf',
  grid: '#e6e7ea',
  text: '#24292e',
  muted: '#5c6068',
  other: '#a4a7ad',
  track: '#e6e7ea',
  series: ['#1f53c2', '#e0720b', '#009c84', '#b25000', '#a8418f', '#3aa3d4', '#a8230f', '#6f67c3'],
  ok: '#37872d',
  warning: '#c78a00',
  critical: '#d0243a',
  marks: { incident: '#d0243a', anomaly: '#8a2be2', change: '#1f60c4', alert: '#d9670b' },
  heat: ['#f2f4f7', '#cfe3e6', '#94ccc4', '#55a9a8', '#2f7f93', '#2a5580', '#2b2a5c'],
};

export function themeOf(name: ThemeName): Theme {
  return name === 'light' ? LIGHT : DARK;
}

/** Vendors' words for colours, with `light-`, `dark-` and the like before them. */
const NAMED: Readonly<Record<string, { readonly dark: string; readonly light: string }>> = {
  green: { dark: '#56a64b', light: '#37872d' },
  yellow: { dark: '#f2cc0c', light: '#b88a00' },
  orange: { dark: '#ff9830', light: '#d9670b' },
  red: { dark: '#f2495c', light: '#d0243a' },
  blue: { dark: '#5794f2', light: '#1f60c4' },
  purple: { dark: '#b877d9', light: '#8f3bb8' },
};

/** Colour of what lies beyond a threshold: as the dashboard says where that is a colour, else by how bad it is. Nothing else of the text gets into the picture. */
export function thresholdColor({ color, severity }: Pick<WidgetThreshold, 'color' | 'severity'>, theme: Theme): string {
  const word = color?.trim().toLowerCase() ?? '';
  if (/^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/.test(word)) return word;
  const named = NAMED[/^(?:(?:super-)?light-|(?:semi-)?dark-)?([a-z]+)$/.exec(word)?.[1] ?? ''];
  if (named) return named[theme.name];
  return severity === 'warning' ? theme.warning : theme.critical;
}
