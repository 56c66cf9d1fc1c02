// Shopping carts: nothing but Redis.
import { log } from '../../lib/log.mjs';
import { serve } from '../../lib/server.mjs';
import { redis } from '../../lib/stores.mjs';

const store = redis();
const keyOf = user => `cart:${user}`;

serve({
  async 'GET /carts/:user'({ params }) {
    const entries = await store.hgetall(keyOf(params.user));
    return { items: Object.entries(entries).map(([product, quantity]) => ({ product: Number(product), quantity: Number(quantity) })) };
  },

  async 'POST /carts/:user/items'({ params, body }) {
    await store.hincrby(keyOf(params.user), body.product, body.quantity ?? 1);
    await store.expire(keyOf(params.user), 900);
    log.info(`item added to cart of ${params.user}: product ${body.product} x${body.quantity ?? 1}`);
    return { ok: true };
  },

  async 'DELETE /carts/:user'({ params }) {
    await store.del(keyOf(params.user));
    return { ok: true };
  },
});
