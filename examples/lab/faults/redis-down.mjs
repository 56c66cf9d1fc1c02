// Undone: Redis is started again.
export default {
  what: 'Redis is killed and stays down',
  kind: 'dependency',
  accept: ['redis', 'cache-1', 'cache-1:6379', 'cache-1:9121'],
  visible:
    'logs/supervisor: redis exited; metrics/redis.csv: redis_up 0; logs of cart, orders, catalog, fulfillment: ECONNREFUSED 10.20.0.31:6379; logs/redis ends',
  harmless: [{ name: 'recommendations-flag', after: -35 }],

  inject(shop) {
    shop.supervisor.program('redis').restart = false;
    shop.supervisor.signal('redis', 'SIGKILL');
    return () => shop.supervisor.start({ ...shop.supervisor.program('redis'), restart: true });
  },
};
