// The shop's front: composes pages from the services behind it.
import { createHmac } from 'node:crypto';
import { call } from '../../lib/client.mjs';
import { settings } from '../../lib/identity.mjs';
import { log } from '../../lib/log.mjs';
import { Refusal, serve } from '../../lib/server.mjs';

/** Proves to orders that the call is ours; it names the moment so that it cannot be replayed later. */
function callToken(user) {
  const issued = Date.now();
  const signature = createHmac('sha256', settings.callKey).update(`${user}.${issued}`).digest('hex').slice(0, 24);
  return `${user}.${issued}.${signature}`;
}

const userOf = headers => headers['x-user'] ?? 'guest';

serve({
  async 'GET /'() {
    const [top, picks] = await Promise.all([
      call('catalog', 'GET', '/top'),
      call('recommendations', 'GET', '/picks').catch(() => ({ picks: [] })), // the page does without
    ]);
    return { top, picks: picks.picks };
  },

  'GET /search': ({ query }) => call('catalog', 'GET', `/search?category=${query.category ?? 1}&page=${query.page ?? 0}`),

  async 'GET /products/:id'({ params }) {
    const [product, reviews, stock] = await Promise.all([
      call('catalog', 'GET', `/products/${params.id}`),
      call('catalog', 'GET', `/products/${params.id}/reviews`),
      call('inventory', 'GET', `/stock/${params.id}`),
    ]);
    return { ...product, reviews, stock: stock.quantity };
  },

  'GET /cart': ({ headers }) => call('cart', 'GET', `/carts/${userOf(headers)}`),

  async 'POST /cart/items'({ headers, body }) {
    await call('catalog', 'GET', `/products/${body.product}`);
    return call('cart', 'POST', `/carts/${userOf(headers)}/items`, body);
  },

  async 'POST /checkout'({ headers }) {
    const user = userOf(headers);
    const { items } = await call('cart', 'GET', `/carts/${user}`);
    if (items.length === 0) throw new Refusal(409, 'cart is empty');
    const order = await call('orders', 'POST', '/orders', { user, items }, { 'x-call-token': callToken(user) });
    await call('cart', 'DELETE', `/carts/${user}`);
    log.info('checkout completed', { order: order.id, items: items.length, total: order.total });
    return order;
  },

  'GET /orders/:id': ({ params, headers }) =>
    call('orders', 'GET', `/orders/${params.id}`, undefined, { 'x-call-token': callToken(userOf(headers)) }),

  'GET /account/orders': ({ headers }) =>
    call('orders', 'GET', `/orders?user=${userOf(headers)}`, undefined, { 'x-call-token': callToken(userOf(headers)) }),

  'POST /partner/stock': ({ body }) => call('inventory', 'POST', '/stock/query', body),
});
