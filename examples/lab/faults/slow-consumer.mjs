// Undone: the old version is started again.
export default {
  what: 'fulfillment 1.4.0 needs 4 s for each order; the queue grows until orders accepts no more',
  kind: 'code',
  accept: ['fulfillment', 'fulfillment-1', 'fulfillment-1:8080', 'queue:fulfillment'],
  visible:
    'changes: fulfillment 1.4.0; metrics/app.csv: queue_depth, fulfillment_wait_seconds_total; traces: consumer spans of 4 s; logs/orders: "fulfillment backlog too long"; alert FulfillmentBacklog',
  seconds: 260,
  harmless: [{ name: 'analyze-products', after: 60 }],

  async inject(shop) {
    const old = shop.versions.fulfillment;
    shop.change({
      kind: 'deploy',
      service: 'fulfillment',
      summary: 'fulfillment 1.4.0: parcels are weighed',
      version: '1.4.0',
      author: 'k.osei',
    });
    await shop.release('fulfillment', '1.4.0', [['const packing = 15', 'const packing = 4000']]);
    return () => shop.release('fulfillment', old, []);
  },
};
