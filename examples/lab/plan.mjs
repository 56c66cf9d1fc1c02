// What the shop consists of: hosts and addresses, services, their versions and settings, scrape targets.

export const hosts = {
  'edge-1': '10.20.0.10',
  'web-1': '10.20.0.11',
  'web-2': '10.20.0.12',
  'catalog-1': '10.20.0.13',
  'catalog-2': '10.20.0.14',
  'cart-1': '10.20.0.15',
  'orders-1': '10.20.0.16',
  'orders-2': '10.20.0.17',
  'inventory-1': '10.20.0.18',
  'payment-1': '10.20.0.19',
  'payment-2': '10.20.0.20',
  'recommendations-1': '10.20.0.21',
  'fulfillment-1': '10.20.0.22',
  'db-1': '10.20.0.30',
  'cache-1': '10.20.0.31',
  'mon-1': '10.20.0.40',
  'node-1': '10.20.0.5',
  'api.acquirer.example': '10.20.9.20',
};

/** Networks that the users' addresses come from. */
export const userNetworks = ['203.0.113.0/24', '198.51.100.0/24', '192.0.2.0/24'];

export const services = {
  web: { version: '1.14.2', instances: 2 },
  catalog: { version: '3.2.0', instances: 2 },
  cart: { version: '1.8.4', instances: 1 },
  orders: { version: '2.7.1', instances: 2 },
  inventory: { version: '0.9.6', instances: 1 },
  payment: { version: '4.1.0', instances: 2 },
  recommendations: { version: '2.0.3', instances: 1 },
  fulfillment: { version: '1.3.0', instances: 1 },
};

const instancesOf = (name, scheme = 'http') =>
  Array.from({ length: services[name].instances }, (_, i) => `${scheme}://${name}-${i + 1}:8080`);

const callKey = 'lab-key-of-no-value';

export const settings = {
  web: {
    callKey,
    targets: {
      catalog: instancesOf('catalog'),
      cart: instancesOf('cart'),
      orders: instancesOf('orders'),
      inventory: instancesOf('inventory'),
      recommendations: instancesOf('recommendations'),
    },
    timeouts: { catalog: 2000, cart: 1500, orders: 3000, inventory: 2000, recommendations: 500 },
    retries: {},
  },
  catalog: { pool: 10, statementTimeout: 1800, topSince: 570_000 },
  cart: {},
  orders: {
    callKey,
    pool: 8,
    queueLimit: 30,
    targets: { inventory: instancesOf('inventory'), payment: instancesOf('payment', 'https') },
    timeouts: { inventory: 1800, payment: 2000 },
    retries: {},
  },
  inventory: { pool: 8, statementTimeout: 1500 },
  payment: {
    targets: { acquirer: ['http://api.acquirer.example:8080'] },
    timeouts: { acquirer: 1500 },
    retries: {},
  },
  recommendations: { candidates: 400, picks: 8 },
  fulfillment: { pool: 4 },
};

/** Host name of every instance of a service. */
export const instanceHosts = name => Array.from({ length: services[name].instances }, (_, i) => `${name}-${i + 1}`);

/** Prometheus's static targets: job, host:port, the label `service`. */
export const scrapeTargets = [
  ...Object.keys(services).flatMap(name =>
    instanceHosts(name).map(host => ({ job: 'app', target: `${host}:8080`, service: name, https: name === 'payment' })),
  ),
  { job: 'nginx', target: 'edge-1:9113', service: 'nginx' },
  { job: 'nginx-log', target: 'edge-1:4040', service: 'nginx' },
  { job: 'postgres', target: 'db-1:9187', service: 'postgres' },
  { job: 'redis', target: 'cache-1:9121', service: 'redis' },
  { job: 'node', target: 'node-1:9100' },
  { job: 'process', target: 'node-1:9256' },
];

const libraryFolder = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch];
export const fakeTimeLibrary = `/usr/lib/${libraryFolder}/faketime/libfaketime.so.1`;
