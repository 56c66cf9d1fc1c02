// Orders: reserves stock, takes the money, keeps the order, hands it to fulfillment through a queue.
import { createHmac, randomBytes } from 'node:crypto';
import { context, propagation } from '@opentelemetry/api';
import { call } from '../../lib/client.mjs';
import { settings } from '../../lib/identity.mjs';
import { log } from '../../lib/log.mjs';
import { counter } from '../../lib/metrics.mjs';
import { Refusal, serve } from '../../lib/server.mjs';
import { database, redis, transaction } from '../../lib/stores.mjs';

const pool = database();
const queue = redis();
const placed = counter('orders_placed_total', 'Orders placed');
const rejected = counter('orders_rejected_total', 'Orders not placed', ['reason']);

/** Calls must be ours and fresh. */
function checkToken(headers) {
  const [user, issued, signature] = (headers['x-call-token'] ?? '').split('.');
  const expected = createHmac('sha256', settings.callKey).update(`${user}.${issued}`).digest('hex').slice(0, 24);
  if (signature !== expected) throw new Refusal(401, 'call token has a wrong signature');
  const ageSeconds = (Date.now() - Number(issued)) / 1000;
  if (Math.abs(ageSeconds) > 30) {
    rejected.inc({ reason: 'token' });
    throw new Refusal(401, `call token outside its validity (age ${ageSeconds.toFixed(0)} s, allowed 30 s)`);
  }
}

function priceOf(items) {
  return items.reduce((sum, item) => sum + item.quantity * (500 + (item.product % 97) * 25), 0);
}

/** Stands for the fiscal signature that the law wants kept with each order. */
const signedReceipt = () => randomBytes(1050).toString('base64');

async function keepOrder(user, items, total, charge) {
  return transaction(pool, async client => {
    const { rows } = await client.query(
      'insert into orders (user_name, total, status, charge_id, receipt) values ($1, $2, $3, $4, $5) returning id',
      [user, total, 'paid', charge, signedReceipt()],
    );
    for (const item of items) {
      await client.query('insert into order_items (order_id, product_id, quantity) values ($1, $2, $3)', [
        rows[0].id,
        item.product,
        item.quantity,
      ]);
    }
    return Number(rows[0].id);
  });
}

serve(
  {
    async 'POST /orders'({ headers, body }) {
      checkToken(headers);
      const { user, items } = body;
      const waiting = await queue.llen('queue:fulfillment');
      if (waiting >= settings.queueLimit) {
        rejected.inc({ reason: 'backlog' });
        throw new Refusal(503, `fulfillment backlog too long (${waiting} of ${settings.queueLimit})`);
      }
      await call('inventory', 'POST', '/reservations', { items });
      const total = priceOf(items);
      const charge = await call('payment', 'POST', '/charges', { user, amount: total });
      const id = await keepOrder(user, items, total, charge.id);
      const carrier = {};
      propagation.inject(context.active(), carrier);
      await queue.lpush('queue:fulfillment', JSON.stringify({ order: id, items: items.length, placed: Date.now(), carrier }));
      placed.inc();
      log.info('order placed', { order: id, user, total, items: items.length });
      return { id, total, status: 'paid' };
    },

    async 'GET /orders/:id'({ params, headers }) {
      checkToken(headers);
      const { rows } = await pool.query('select id, total, status from orders where id = $1', [params.id]);
      if (rows.length === 0) throw new Refusal(404, `no order ${params.id}`);
      return rows[0];
    },

    async 'GET /orders'({ query, headers }) {
      checkToken(headers);
      const { rows } = await pool.query('select id, total, status, created_at from orders where user_name = $1 order by id desc limit 10', [
        query.user,
      ]);
      return rows;
    },
  },
  { onStop: () => pool.end() },
);
