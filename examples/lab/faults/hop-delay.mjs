// Undone: the proxy delays nothing any more. The proxy stands in the hop from the start.
export default {
  what: 'the network in front of both payment hosts holds every answer back by 350 ms (± 120 ms)',
  kind: 'network',
  accept: ['payment', 'payment-1', 'payment-2', 'payment-1:8080', 'payment-2:8080'],
  visible:
    'traces: client spans orders to payment grow by 350 ms and more, payment\'s own server spans do not; metrics/app.csv: http_client_seconds_total{service="orders",target="payment"} against payment\'s own request duration; scrapes of payment slow',
  proxied: ['payment-1', 'payment-2'],
  harmless: [{ name: 'web-home-cache', after: -40 }],

  inject(shop) {
    shop.setProxy({ delayMillis: 350, jitterMillis: 120 });
    return () => shop.setProxy({ delayMillis: 0, jitterMillis: 0 });
  },
};
