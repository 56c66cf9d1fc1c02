import { layoutFormat, sample } from '../format.ts';
import { NO_YEAR } from '../timestamps.ts';

/** Android logcat in its threadtime, time and brief forms. */
export const logcat = layoutFormat({
  name: 'logcat',
  rank: 7,
  first: '9a',
  layouts: [
    '{time} {pid:int} {tid:int} {level:letter} {service:until}: {message}',
    '{time} {level:letter}/{service:until}({_}{pid:int}): {message}',
    '{level:letter}/{service:until}({_}{pid:int}): {message}',
  ],
  check: draft => Number.isNaN(draft.t) || (draft.timeFlags & NO_YEAR) !== 0 || draft.attributes?.['tid'] !== undefined,
  samples: [
    sample('05-01 10:00:00.123  1702  2395 D WindowManager: resized', '1972-05-01T10:00:00.123Z', 'DEBUG', 'WindowManager', 'resized'),
    sample(
      '05-01 10:00:00.124   702   702 E AndroidRuntime: FATAL EXCEPTION: main',
      '1972-05-01T10:00:00.124Z',
      'ERROR',
      'AndroidRuntime',
      'FATAL EXCEPTION: main',
    ),
    sample('2024-05-01 10:00:00.125  702  702 W Wifi    : weak', '2024-05-01T10:00:00.125Z', 'WARN', 'Wifi', 'weak'),
    sample(
      '05-01 10:00:00.126 I/ActivityManager(  585): Starting activity',
      '1972-05-01T10:00:00.126Z',
      'INFO',
      'ActivityManager',
      'Starting activity',
    ),
    sample('V/Sensor(   77): value 3', null, 'DEBUG', 'Sensor', 'value 3'),
  ],
  nearMisses: ['05-01 10:00:00.123 done', 'A/B(c): d'],
});
