// Undone: the imported keys are removed.
export default {
  what: 'an import fills Redis to its limit; with the policy noeviction every write fails',
  kind: 'memory',
  accept: ['redis', 'cache-1', 'cache-1:6379', 'cache-1:9121'],
  visible:
    'metrics/redis.csv: redis_memory_used_bytes reaches redis_memory_max_bytes, redis_db_keys jumps, redis_errors_total{err="OOM"}; logs of cart, orders, catalog: OOM command not allowed; alert RedisMemory',
  harmless: [{ name: 'catalog-wording', after: -80 }],

  async prepare(shop) {
    await shop.redis('config', 'set', 'maxmemory-policy', 'noeviction', 'maxmemory', '24mb');
  },

  inject(shop) {
    const script = 'for i=1,250 do redis.call("set","import:"..ARGV[1]..":"..i,string.rep("x",400)) end';
    const end = shop.background([
      'sh',
      '-c',
      `n=0; while true; do redis-cli -h cache-1 eval '${script}' 0 $n; n=$((n+1)); sleep 0.15; done`,
    ]);
    return async () => {
      await end();
      await shop.exec('sh', '-c', "redis-cli -h cache-1 --scan --pattern 'import:*' | xargs -r -n 500 redis-cli -h cache-1 unlink");
    };
  },
};
