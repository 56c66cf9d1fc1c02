// Undone: the old settings are written and reread.
export default {
  what: "web's time-out for orders is set to 65 ms; checkouts need about 100 ms",
  kind: 'configuration',
  accept: ['web', 'web-1', 'web-2', 'web-1:8080', 'web-2:8080'],
  visible:
    'changes: the configuration of web; logs/web: "configuration reloaded" and "no answer from orders within 65 ms"; traces: orders answers 200 after its caller gave up; metrics/app.csv: http_client_failures_total{service="web",target="orders",reason="ETIMEDOUT"}',
  harmless: [{ name: 'payment-wording', after: -50 }],

  inject(shop) {
    const old = shop.readSettings('web');
    shop.change({
      kind: 'config',
      service: 'web',
      summary: 'web: time-outs tightened to protect the front (catalog 1500, orders 65, cart 800)',
      author: 'platform',
    });
    shop.configure('web', { ...old, timeouts: { ...old.timeouts, catalog: 1500, orders: 65, cart: 800 } });
    return () => shop.configure('web', old);
  },
};
