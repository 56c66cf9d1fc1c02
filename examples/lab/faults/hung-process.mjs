// Undone: the process continues.
export default {
  what: 'cart-1 hangs: the process is stopped, its socket still accepts connections',
  kind: null,
  accept: ['cart', 'cart-1', 'cart-1:8080'],
  visible:
    'metrics/app.csv: up of cart-1 is 0 and its series end; logs/cart silent; logs/web: "no answer from cart-1"; traces: client spans of web to cart without a server span; alert TargetDown',
  harmless: [{ name: 'analyze-products', after: -10 }],

  inject(shop) {
    shop.supervisor.signal('cart-1', 'SIGSTOP');
    return () => shop.supervisor.signal('cart-1', 'SIGCONT');
  },
};
