// Changes that really happen and do no harm: what an on-call engineer sees near every incident.

const rolling = (name, from, version, summary, author) => async shop => {
  shop.change({ kind: 'deploy', service: name, summary, version, author });
  await shop.release(name, version, [from]);
};

export const harmlessChanges = {
  'catalog-wording': rolling(
    'catalog',
    ['no product ${params.id}', 'product ${params.id} does not exist'],
    '3.2.1',
    'catalog 3.2.1: clearer message for unknown products',
    'm.ortiz',
  ),
  'payment-wording': rolling(
    'payment',
    ['`card authorization failed', '`authorization failed'],
    '4.1.1',
    'payment 4.1.1: wording of declined charges',
    'j.lindqvist',
  ),
  'web-home-cache': rolling(
    'web',
    ["x-user'] ?? 'guest'", "x-user'] || 'guest'"],
    '1.14.3',
    'web 1.14.3: empty user header counts as guest',
    'a.demir',
  ),

  async 'nginx-keepalive'(shop) {
    shop.change({ kind: 'config', service: 'nginx', summary: 'nginx: keepalive_timeout 30s to 35s', author: 'ops' });
    await shop.exec('sed', '-i', 's/keepalive_timeout 30s/keepalive_timeout 35s/', '/srv/shop/etc/nginx.conf');
    shop.supervisor.signal('nginx', 'SIGHUP');
  },

  async 'recommendations-flag'(shop) {
    shop.change({ kind: 'flag', service: 'recommendations', summary: 'flag picks-on-home: 8 to 10 picks', author: 'a.demir' });
    shop.configure('recommendations', { ...shop.readSettings('recommendations'), picks: 10 });
  },

  async 'analyze-products'(shop) {
    shop.change({ kind: 'migration', service: 'postgres', summary: 'nightly analyze of products and stock', author: 'cron' });
    await shop.sql('analyze products; analyze stock', { app: 'maintenance' });
  },

  async 'redis-timeout'(shop) {
    shop.change({ kind: 'config', service: 'redis', summary: 'redis: tcp-keepalive 300 to 240', author: 'ops' });
    await shop.redis('config', 'set', 'tcp-keepalive', '240');
  },
};
