// The kinds of people and programs that use the shop: each a walk of requests with pauses.

const agents = {
  desktop: 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
  phone: 'ShopApp/5.12.0 (Android 15)',
  crawler: 'ExampleBot/2.1 (+https://bot.example/about)',
  partner: 'partner-sync/3.4',
};

/**
 * Each walk yields `{ method, path, body?, pause }`; pause in seconds, before the request.
 * `dice` offers: `whole(n)`, `popular()` (a product, few of them often), `pause(mean)`, `chance(p)`.
 */
export const kinds = [
  { name: 'visitor', weight: 0.5, agent: agents.desktop, network: '203.0.113', walk: visitor },
  { name: 'buyer', weight: 0.24, agent: agents.desktop, network: '198.51.100', walk: buyer },
  { name: 'app', weight: 0.16, agent: agents.phone, network: '203.0.113', walk: app },
  { name: 'crawler', weight: 0.05, agent: agents.crawler, network: '192.0.2', walk: crawler },
  { name: 'partner', weight: 0.05, agent: agents.partner, network: '192.0.2', walk: partner },
];

function* visitor(dice) {
  yield { method: 'GET', path: '/', pause: 0 };
  yield { method: 'GET', path: `/search?category=${1 + dice.whole(400)}&page=0`, pause: dice.pause(1.5) };
  for (let left = 1 + dice.whole(3); left > 0; left -= 1) {
    yield { method: 'GET', path: `/products/${dice.popular()}`, pause: dice.pause(2) };
  }
}

function* buyer(dice) {
  yield { method: 'GET', path: `/search?category=${1 + dice.whole(400)}&page=${dice.whole(3)}`, pause: 0 };
  for (let left = 1 + dice.whole(3); left > 0; left -= 1) {
    const product = dice.popular();
    if (dice.chance(0.6)) yield { method: 'GET', path: `/products/${product}`, pause: dice.pause(1) };
    yield { method: 'POST', path: '/cart/items', body: { product, quantity: 1 + dice.whole(2) }, pause: dice.pause(1) };
  }
  yield { method: 'GET', path: '/cart', pause: dice.pause(0.7) };
  const answer = yield { method: 'POST', path: '/checkout', pause: dice.pause(1) };
  if (answer?.id) yield { method: 'GET', path: `/orders/${answer.id}`, pause: dice.pause(2) };
}

function* app(dice) {
  yield { method: 'GET', path: '/', pause: 0 };
  yield { method: 'GET', path: '/account/orders', pause: dice.pause(0.8) };
  yield { method: 'GET', path: `/products/${dice.popular()}`, pause: dice.pause(1.5) };
  if (dice.chance(0.4)) {
    yield { method: 'POST', path: '/cart/items', body: { product: dice.popular(), quantity: 1 }, pause: dice.pause(1) };
    yield { method: 'POST', path: '/checkout', pause: dice.pause(1) };
  }
}

function* crawler(dice) {
  for (let left = 4 + dice.whole(6); left > 0; left -= 1) {
    yield { method: 'GET', path: `/products/${1 + dice.whole(60_000)}`, pause: dice.pause(0.4) };
  }
}

function* partner(dice) {
  for (let left = 1 + dice.whole(3); left > 0; left -= 1) {
    const products = Array.from({ length: 40 }, () => 1 + dice.whole(60_000));
    yield { method: 'POST', path: '/partner/stock', body: { products }, pause: dice.pause(1.2) };
  }
}
