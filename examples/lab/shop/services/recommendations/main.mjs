// Picks for the home page: a little arithmetic, kept in memory.
import { settings } from '../../lib/identity.mjs';
import { log } from '../../lib/log.mjs';
import { serve } from '../../lib/server.mjs';

let scored = 0;

/** Scores some thousand products against a random taste: pure computation. */
function picks(count) {
  const taste = Array.from({ length: 16 }, () => Math.random());
  const best = [];
  for (let product = 1; product <= settings.candidates; product += 1) {
    let score = 0;
    for (let i = 0; i < taste.length; i += 1) score += taste[i] * Math.sin(product * (i + 1));
    best.push({ product, score });
  }
  scored += settings.candidates;
  return best.sort((a, b) => b.score - a.score).slice(0, count);
}

setInterval(() => log.info('scored products', { total: scored }), 30_000).unref();

serve({
  'GET /picks': async () => ({ picks: picks(settings.picks).map(entry => entry.product) }),
});
