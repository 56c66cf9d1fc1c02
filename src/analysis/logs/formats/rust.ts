import { layoutFormat, sample } from '../format.ts';

/** env_logger: `[time LEVEL module] message`. */
export const envLogger = layoutFormat({
  name: 'env-logger',
  rank: 7,
  first: '[',
  layouts: ['[{time} {level} {logger}] {message}'],
  samples: [
    sample('[2024-05-01T10:00:00Z INFO  shop::cart] added', '2024-05-01T10:00:00Z', 'INFO', 'shop::cart', 'added'),
    sample('[2024-05-01T10:00:01.123Z ERROR shop] lost', '2024-05-01T10:00:01.123Z', 'ERROR', 'shop', 'lost'),
    sample('[2024-05-01T10:00:02Z WARN  hyper::client] slow', '2024-05-01T10:00:02Z', 'WARN', 'hyper::client', 'slow'),
    sample('[2024-05-01T10:00:03Z TRACE shop::db] x', '2024-05-01T10:00:03Z', 'DEBUG', 'shop::db', 'x'),
    sample('[2024-05-01T10:00:04.123456Z DEBUG shop::api] y', '2024-05-01T10:00:04.123Z', 'DEBUG', 'shop::api', 'y'),
  ],
  nearMisses: ['[2024-05-01T10:00:00Z] INFO shop::cart added', '[2024-05-01T10:00:00Z INFO] added'],
});

/** tracing-subscriber's full format: spans stand between the level and the target. */
export const rustTracing = layoutFormat({
  name: 'rust-tracing',
  rank: 6,
  first: '9',
  layouts: ['{time} {level} {logger}: {message}', '{time} {level} ThreadId({thread:int}) {logger}: {message}'],
  check: (draft, text, lo, hi) =>
    /^\S+\s+[A-Z]+ (?:ThreadId\(\d+\) )?(?:[\w-]+(?:\{.*?\})?:)*\s?\w+(?:::\w+)*: /.test(text.slice(lo, Math.min(hi, lo + 400))) &&
    /^\S+T[\d:]+\.\d{6,9}Z /.test(text.slice(lo, lo + 40)) &&
    draft.timeFlags === 0,
  samples: [
    sample('2024-05-01T10:00:00.123456Z  INFO shop::cart: added item=7', '2024-05-01T10:00:00.123Z', 'INFO', 'shop::cart', 'added item=7'),
    sample('2024-05-01T10:00:01.123456Z ERROR shop: lost', '2024-05-01T10:00:01.123Z', 'ERROR', 'shop', 'lost'),
    sample('2024-05-01T10:00:02.123456Z  WARN hyper::client: slow', '2024-05-01T10:00:02.123Z', 'WARN', 'hyper::client', 'slow'),
    sample('2024-05-01T10:00:03.123456Z DEBUG ThreadId(07) shop::db: x', '2024-05-01T10:00:03.123Z', 'DEBUG', 'shop::db', 'x'),
    sample('2024-05-01T10:00:04.123456Z TRACE shop::api: y', '2024-05-01T10:00:04.123Z', 'DEBUG', 'shop::api', 'y'),
  ],
  nearMisses: ['2024-05-01 10:00:00,123 INFO shop.Cart: added', '2024-05-01T10:00:00Z INFO added the item: tea'],
});
