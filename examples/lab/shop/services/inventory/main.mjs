// Stock: what is there and what is promised.
import { log } from '../../lib/log.mjs';
import { Refusal, serve } from '../../lib/server.mjs';
import { database, transaction } from '../../lib/stores.mjs';

const pool = database();

serve(
  {
    async 'GET /stock/:product'({ params }) {
      const { rows } = await pool.query('select quantity from stock where product_id = $1', [params.product]);
      return { quantity: rows[0]?.quantity ?? 0 };
    },

    async 'POST /stock/query'({ body }) {
      const { rows } = await pool.query('select product_id, quantity from stock where product_id = any($1)', [body.products]);
      log.info(`bulk stock query: ${body.products.length} products`);
      return { stock: rows };
    },

    async 'POST /reservations'({ body }) {
      const items = [...body.items].sort((a, b) => a.product - b.product); // one order of locking
      await transaction(pool, async client => {
        for (const item of items) {
          const { rowCount } = await client.query('update stock set quantity = quantity - $2 where product_id = $1 and quantity >= $2', [
            item.product,
            item.quantity,
          ]);
          if (rowCount === 0) throw new Refusal(409, `product ${item.product} is sold out`);
        }
      });
      log.info(`reserved ${items.map(item => `${item.product}x${item.quantity}`).join(' ')}`);
      return { ok: true };
    },
  },
  { onStop: () => pool.end() },
);
