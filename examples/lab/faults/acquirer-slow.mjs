// Undone: the acquirer is quick again.
export default {
  what: 'the card acquirer outside the company needs 1.1 s instead of 45 ms',
  kind: 'dependency',
  accept: ['acquirer', 'api.acquirer.example', 'api.acquirer.example:8080'],
  visible:
    'traces: client spans of payment to api.acquirer.example grow and everything above them; metrics/app.csv: http_client_seconds_total{service="payment",target="acquirer"}; the acquirer itself has no telemetry',
  harmless: [{ name: 'payment-wording', after: -75 }],

  inject(shop) {
    shop.setAcquirer({ medianMillis: 1100, failShare: 0 });
    return () => shop.setAcquirer({ medianMillis: 45, failShare: 0 });
  },
};
