// Undone: the old version is started again. The supervisor restarts the dead process each time, as in real life.
export default {
  what: 'cart 1.9.0 keeps a history of every cart in memory until the process dies of its full heap, again and again',
  kind: 'memory',
  accept: ['cart', 'cart-1', 'cart-1:8080'],
  visible:
    'changes: cart 1.9.0; metrics/app.csv: nodejs_heap_size_used_bytes of cart, a sawtooth; logs/cart: "FATAL ERROR: ... heap"; logs/supervisor: exited cart-1 (terminated by SIGABRT); logs/web: ECONNREFUSED to cart-1',
  seconds: 200,
  harmless: [{ name: 'redis-timeout', after: 30 }],

  async inject(shop) {
    const old = shop.versions.cart;
    shop.change({
      kind: 'deploy',
      service: 'cart',
      summary: 'cart 1.9.0: keeps the history of a cart for "recently removed"',
      version: '1.9.0',
      author: 'j.lindqvist',
    });
    await shop.release(
      'cart',
      '1.9.0',
      [
        ['const keyOf', 'const history = [];\nconst keyOf'],
        [
          'const entries = await store.hgetall(keyOf(params.user));',
          'const entries = await store.hgetall(keyOf(params.user));\n    history.push(Array.from({ length: 90_000 }, () => ({ entries })).slice(0, 45_000));',
        ],
      ],
      ['--max-old-space-size=64'],
    );
    return () => shop.release('cart', old, []);
  },
};
