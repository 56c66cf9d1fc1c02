import { layoutFormat, sample } from '../format.ts';

/** Ruby's Logger and Rails in production: `I, [time #pid]  INFO -- program: message`. */
export const rubyLogger = layoutFormat({
  name: 'ruby-logger',
  rank: 8,
  first: 'a',
  layouts: [
    '{level:letter}, [{time} #{pid:int}] {level} -- {service}: {message}',
    '{level:letter}, [{time} #{pid:int}] {level} -- : {message}',
  ],
  samples: [
    sample(
      'I, [2024-05-01T10:00:00.123456 #77]  INFO -- : Started GET "/cart"',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      null,
      'Started GET "/cart"',
    ),
    sample('E, [2024-05-01T10:00:01.123456 #77] ERROR -- shop: lost', '2024-05-01T10:00:01.123Z', 'ERROR', 'shop', 'lost'),
    sample('W, [2024-05-01T10:00:02.1 #77]  WARN -- : slow', '2024-05-01T10:00:02.100Z', 'WARN', null, 'slow'),
    sample('D, [2024-05-01T10:00:03.1 #77] DEBUG -- : [req-7] x', '2024-05-01T10:00:03.100Z', 'DEBUG', null, '[req-7] x'),
    sample('F, [2024-05-01T10:00:04.1 #77] FATAL -- : end', '2024-05-01T10:00:04.100Z', 'ERROR', null, 'end'),
  ],
  nearMisses: ['I, [the user] INFO -- : x', 'I, 2024-05-01T10:00:00 INFO -- : x'],
});

/** Rails in development: the request's first line carries the time. */
export const rails = layoutFormat({
  name: 'rails',
  rank: 7,
  first: 'a',
  layouts: ['Started {http.request.method} "{url.path:until}" for {client.address} at {time}'],
  check: (draft, text, lo, hi) => {
    draft.body(text, lo, hi);
    return true;
  },
  samples: ['/cart', '/pay', '/', '/x?y=1', '/admin'].map((path, i) =>
    sample(
      `Started GET "${path}" for 10.0.0.7 at 2024-05-01 12:00:0${i} +0200`,
      `2024-05-01T10:00:0${i}Z`,
      null,
      null,
      `Started GET "${path}" for 10.0.0.7 at 2024-05-01 12:00:0${i} +0200`,
    ),
  ),
  nearMisses: ['Started GET "/cart" for 10.0.0.7', 'Started the server at 2024-05-01 10:00:00'],
});
