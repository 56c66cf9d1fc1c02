// Undone: the host's clock is right again.
import { writeFileSync } from 'node:fs';
import { fakeTimeLibrary } from '../plan.mjs';

const clock = '/srv/run/orders-2.clock';

export default {
  what: 'the clock of orders-2 falls 95 s behind; it rejects the signed calls of web as not fresh',
  kind: null,
  accept: ['orders', 'orders-2', 'orders-2:8080'],
  visible:
    'logs/orders/orders-2.log: its times jump back by 95 s, "call token outside its validity (age -95 s)"; traces: spans of orders-2 95 s before their parents; metrics/app.csv: 401 and orders_rejected_total{reason="token"} on orders-2 only',
  env: {
    'orders-2': { LD_PRELOAD: fakeTimeLibrary, FAKETIME_TIMESTAMP_FILE: clock, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' },
  },
  harmless: [{ name: 'recommendations-flag', after: 15 }],

  prepareFiles: () => writeFileSync(clock, '+0s\n'),

  inject() {
    writeFileSync(clock, '-95s\n');
    return () => writeFileSync(clock, '+0s\n');
  },
};
