import { describe, expect, test } from 'vitest';
import { themeOf, thresholdColor } from '../../src/render/theme.ts';

type Rgb = readonly [number, number, number];

/** What eyes without the long or the middle cones see, in linear light (Machado, Oliveira, Fernandes 2009, severity 1). */
const EYES: Readonly<Record<string, readonly Rgb[]>> = {
  ordinary: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

function linear(color: string): Rgb {
  return [1, 3, 5].map(at => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
}

function times(matrix: readonly Rgb[], [a, b, c]: Rgb): Rgb {
  return matrix.map(([x, y, z]) => Math.max(0, x * a + y * b + z * c)) as unknown as Rgb;
}

/** Oklab (Ottosson 2020): equal distances look equally different; black to white is 1. */
function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function apart(a: string, b: string, eyes: readonly Rgb[]): number {
  const [p, q] = [a, b].map(color => oklab(times(eyes, linear(color)))) as [Rgb, Rgb];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

function luminance(color: string): number {
  const [r, g, b] = linear(color);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe.each(['dark', 'light'] as const)('the %s theme', name => {
  const theme = themeOf(name);

  test.each(Object.keys(EYES))('has series that are told apart with %s', eyes => {
    const { series } = theme;
    for (const [i, a] of series.entries()) {
      for (const [k, b] of series.slice(i + 1).entries()) {
        // The first four are in nearly every chart.
        expect(apart(a, b, EYES[eyes]!), `${a} ${b}`).toBeGreaterThan(i + k + 1 < 4 ? 0.11 : 0.065);
      }
    }
  });

  test('has text that can be read, and lines that can be seen', () => {
    expect(contrast(theme.text, theme.panel)).toBeGreaterThan(7);
    expect(contrast(theme.muted, theme.panel)).toBeGreaterThan(4.5);
    for (const color of [...theme.series, ...Object.values(theme.marks)]) expect(contrast(color, theme.panel), color).toBeGreaterThan(2.7);
  });

  test('has heat that rises or falls in lightness all the way', () => {
    const light = theme.heat.map(luminance);
    const rising = light.map((value, i) => i === 0 || value > light[i - 1]!).every(Boolean);
    const falling = light.map((value, i) => i === 0 || value < light[i - 1]!).every(Boolean);
    expect(rising || falling).toBe(true);
  });
});

test.each([
  ['#E02F44', 'critical', '#e02f44'],
  ['semi-dark-red', 'critical', '#f2495c'],
  ['green', 'unknown', '#56a64b'],
  ['url(#x)"/><script>', 'warning', '#f2b90c'],
  ['rgba(1,2,3,.5)', 'critical', '#f2495c'],
  [undefined, 'warning', '#f2b90c'],
] as const)('a threshold of colour %s and severity %s is %s', (color, severity, drawn) => {
  expect(thresholdColor({ severity, ...(color ? { color } : {}) }, themeOf('dark'))).toBe(drawn);
});
