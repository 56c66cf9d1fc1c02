// Undone: the old settings are back and the acquirer is quick again.
import { setTimeout as sleep } from 'node:timers/promises';

export default {
  what: 'web retries orders four times with a short time-out; when the acquirer becomes a little slower, every checkout is tried five times and charged each time',
  kind: 'configuration',
  accept: ['web', 'web-1', 'web-2', 'web-1:8080', 'web-2:8080', 'acquirer', 'api.acquirer.example'],
  visible:
    'changes: the configuration of web; metrics/app.csv: http_client_requests_total and http_client_failures_total{service="web",target="orders"} against the checkouts at the entry, payment_charges_total five times as many; logs/web: "retrying POST orders/orders"; orders itself answers 200',
  seconds: 210,
  harmless: [{ name: 'nginx-keepalive', after: -30 }],

  async inject(shop) {
    const old = shop.readSettings('web');
    shop.change({
      kind: 'config',
      service: 'web',
      summary: 'web: calls to orders are retried (time-out 350 ms, 4 retries)',
      author: 'platform',
    });
    shop.configure('web', { ...old, timeouts: { ...old.timeouts, orders: 350 }, retries: { orders: 4 } });
    await sleep(20_000);
    shop.setAcquirer({ medianMillis: 420, failShare: 0 });
    return () => {
      shop.setAcquirer({ medianMillis: 45, failShare: 0 });
      shop.configure('web', old);
    };
  },
};
