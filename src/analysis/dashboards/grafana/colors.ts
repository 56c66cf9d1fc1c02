/** What a colour means on a dashboard: nothing said, a warning, trouble. */
export type Alarm = 0 | 1 | 2;

/** Degrees of hue up to which a colour is red, and orange or yellow; green ends where blue begins. */
const RED_TO = 18;
const YELLOW_TO = 68;
const RED_FROM = 335;
/** Below this saturation a colour is a shade of grey. */
const GREY = 0.2;

/**
 * How alarming a colour is: red 2, orange and yellow 1, everything else 0. Good for the traffic light that nearly all thresholds are;
 * a palette of one hue or of blues says nothing.
 * @param color a name (`semi-dark-red`), `#rgb`, `#rrggbb`, `rgb(…)` or `rgba(…)`
 * @returns 0 for what is not understood or fully transparent
 * @example alarmOf('rgba(237, 129, 40, 0.89)') // => 1
 * @example alarmOf('#d44a3a') // => 2
 */
export function alarmOf(color: string | undefined): Alarm {
  if (color === undefined) return 0;
  const name = color.trim().toLowerCase();
  if (/(?:^|-)(?:red|crimson|darkred|maroon)$/.test(name)) return 2;
  if (/(?:^|-)(?:orange|yellow|amber|gold)$/.test(name)) return 1;
  const rgb = channels(name);
  if (!rgb) return 0;
  const [r, g, b] = rgb;
  const most = Math.max(r, g, b);
  const spread = most - Math.min(r, g, b);
  if (most === 0 || spread / most < GREY) return 0;
  const hue = hueOf(r, g, b, most, spread);
  if (hue <= RED_TO || hue >= RED_FROM) return 2;
  return hue <= YELLOW_TO ? 1 : 0;
}

function hueOf(r: number, g: number, b: number, most: number, spread: number): number {
  if (most === r) return (60 * ((g - b) / spread) + 360) % 360;
  return most === g ? 60 * ((b - r) / spread) + 120 : 60 * ((r - g) / spread) + 240;
}

function channels(color: string): [number, number, number] | undefined {
  const hex = /^#([0-9a-f]{3,8})$/.exec(color)?.[1];
  if (hex !== undefined) {
    const wide = hex.length < 6 ? [...hex].map(digit => digit + digit).join('') : hex;
    if (wide.length === 8 && wide.endsWith('00')) return undefined;
    const at = (i: number) => Number.parseInt(wide.slice(i, i + 2), 16);
    return [at(0), at(2), at(4)];
  }
  const parts = /^rgba?\(([^)]*)\)$/
    .exec(color)?.[1]
    ?.split(/[\s,/]+/)
    .map(Number);
  if (!parts || parts.length < 3 || parts.slice(0, 3).some(part => !Number.isFinite(part)) || parts[3] === 0) return undefined;
  return [parts[0]!, parts[1]!, parts[2]!];
}
