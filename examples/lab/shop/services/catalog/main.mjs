// Products, search, reviews: PostgreSQL behind a cache in Redis.
import { settings } from '../../lib/identity.mjs';
import { Refusal, serve } from '../../lib/server.mjs';
import { cached, database, redis } from '../../lib/stores.mjs';

const pool = database();
const cache = redis();

serve(
  {
    'GET /top': () =>
      cached(cache, 'catalog:top', 120, async () => {
        const { rows } = await pool.query(
          `select p.id, p.name, p.price, avg(r.stars) as stars, count(*) as reviews
             from reviews r join products p on p.id = r.product_id
            where r.id > $1 group by p.id order by 4 desc, 5 desc limit 20`,
          [settings.topSince],
        );
        return rows;
      }),

    'GET /search': ({ query }) =>
      cached(cache, `catalog:search:${query.category}:${query.page}`, 20, async () => {
        const { rows } = await pool.query('select id, name, price from products where category_id = $1 order by price limit 20 offset $2', [
          Number(query.category),
          20 * Number(query.page),
        ]);
        return rows;
      }),

    'GET /products/:id': ({ params }) =>
      cached(cache, `catalog:product:${params.id}`, 60, async () => {
        const { rows } = await pool.query('select id, name, price, description from products where id = $1', [params.id]);
        if (rows.length === 0) throw new Refusal(404, `no product ${params.id}`);
        return rows[0];
      }),

    async 'GET /products/:id/reviews'({ params }) {
      const { rows } = await pool.query('select stars, author, body from reviews where product_id = $1 order by id desc limit 5', [
        params.id,
      ]);
      return rows;
    },
  },
  { logRequests: true, onStop: () => pool.end() },
);
