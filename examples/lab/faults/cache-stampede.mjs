// Undone: the janitor stops.
export default {
  what: 'a janitor job unlinks the keys catalog:* in Redis every 1.5 s; each time everybody computes the expensive top list at once',
  kind: null,
  accept: ['redis', 'cache-1', 'cache-1:6379', 'cache-1:9121', 'catalog:top'],
  visible:
    'metrics/redis.csv: redis_commands_total{cmd="unlink"} and {cmd="scan"}, redis_keyspace_misses_total, redis_db_keys; metrics/app.csv: cache_lookups_total{result="miss"} of catalog; logs/postgres: the top-list statement many times at once',
  seconds: 130,
  settings: { catalog: { topSince: 330_000, statementTimeout: 4000 } },
  harmless: [{ name: 'web-home-cache', after: -70 }],

  inject(shop) {
    return shop.background([
      'sh',
      '-c',
      "while true; do redis-cli -h cache-1 --scan --pattern 'catalog:*' | xargs -r redis-cli -h cache-1 unlink; sleep 1.5; done",
    ]);
  },
};
