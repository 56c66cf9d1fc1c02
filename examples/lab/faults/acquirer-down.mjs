// Undone: the acquirer is started again.
export default {
  what: 'the card acquirer outside the company refuses connections',
  kind: 'dependency',
  accept: ['acquirer', 'api.acquirer.example', 'api.acquirer.example:8080'],
  visible:
    'logs/payment: "acquirer failed: connect ECONNREFUSED"; metrics/app.csv: http_client_failures_total{service="payment",target="acquirer"}; traces: client spans of payment to api.acquirer.example; the acquirer itself has no telemetry',
  harmless: [{ name: 'payment-wording', after: -75 }],

  async inject(shop) {
    await shop.supervisor.stop('acquirer');
    return () => shop.supervisor.restart('acquirer');
  },
};
