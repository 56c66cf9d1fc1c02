// Undone: the stopping loop ends and the process continues. No rights needed: what a badly packed machine does to one container.
export default {
  what: 'catalog-2, one of two, is paused for 900 ms out of every 1.1 s: its neighbours take the processor',
  kind: 'cpu',
  accept: ['catalog', 'catalog-2', 'catalog-2:8080'],
  visible:
    'metrics/app.csv: nodejs_eventloop_lag_p99_seconds and request duration of catalog-2 only, catalog-1 unharmed; traces: spans with service.instance.id catalog-2',
  harmless: [{ name: 'analyze-products', after: -20 }],

  inject(shop) {
    const pid = shop.supervisor.pid('catalog-2');
    const end = shop.background(['sh', '-c', `while kill -STOP ${pid}; do sleep 0.9; kill -CONT ${pid}; sleep 0.2; done`]);
    return async () => {
      await end();
      shop.supervisor.signal('catalog-2', 'SIGCONT');
    };
  },
};
