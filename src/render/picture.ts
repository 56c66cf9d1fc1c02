import type { Mark, Widget } from '../model/dashboard.ts';
import type { Series } from '../model/series.ts';
import type { TimeWindow } from '../model/time.ts';
import type { Theme, ThemeName } from './theme.ts';

/** One panel: a widget with what its queries gave. */
export interface PanelPicture {
  readonly widget: Widget;
  /** `name` is what the legend says, `unit` what the values are in. */
  readonly series: readonly Series[];
  /** Why there is nothing or less than there should be, in words. */
  readonly note?: string;
  /** Lines of a log, a list of alarms or a table that is not made of series: columns in the order of the first row. */
  readonly rows?: readonly Readonly<Record<string, string | number>>[];
  /** Marks of this panel alone: its anomalies. */
  readonly marks?: readonly Mark[];
}

export interface DashboardPicture {
  readonly title: string;
  readonly window: TimeWindow;
  readonly panels: readonly PanelPicture[];
  /** Shown in every panel that has a time axis. */
  readonly marks: readonly Mark[];
  readonly theme: ThemeName;
  /** IANA zone of the time axes. @default 'UTC' */
  readonly zone?: string;
  /** Pixels, 400 to 2000. @default 1200 */
  readonly width?: number;
}

/** What every widget of a picture is drawn with. */
export interface Look {
  readonly theme: Theme;
  readonly window: TimeWindow;
  readonly zone: string;
  readonly marks: readonly Mark[];
}

/** Where a picture's pixels are in the units of its data, so that it can be read back. */
export interface PlotArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly window: TimeWindow;
  /** Value at the bottom and at the top of each axis. */
  readonly left: readonly [number, number];
  readonly right?: readonly [number, number];
  readonly logarithmic: boolean;
}

export interface Drawn {
  readonly svg: string;
  readonly plot?: PlotArea;
  /** Series that are not in the picture, or in it without a name. */
  readonly unnamed?: number;
}

/** Draws into its own coordinates, from 0 to width and height. */
export type Painter = (size: Size, panel: PanelPicture, look: Look) => Drawn;

export interface Size {
  readonly width: number;
  readonly height: number;
}
