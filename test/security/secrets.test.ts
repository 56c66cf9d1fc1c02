import { describe, expect, test } from 'vitest';
import { removeSecrets } from '../../src/security/secrets.ts';
import { lettersFrom, PASSWORD_PLACES, pemFrom, SHAPED } from './secret-places.ts';

/** Passwords as people and generators make them. */
const PASSWORDS = [
  'hunter2!Zx',
  'Tr0ub4dor&3',
  'correct-horse-42',
  'Pa$$w0rd.2026',
  'summerrain',
  'k9/vQ+x7_Lm',
  lettersFrom(9, 24, 'abcdefghijkmnopqrstuvwxyz23456789'),
];

describe('a password leaves from no place', () => {
  test.each(PASSWORD_PLACES)('$name', ({ name, text }) => {
    for (const password of PASSWORDS) {
      // In a query `&` and in a URL `/` and `@` end the value; a sentence's last word may be any word.
      if (/query|form|JDBC|encoded/.test(name) && /[&+/]/.test(password)) continue;
      if (name === 'sentence' && /^[a-z]+$/.test(password)) continue;
      const clean = removeSecrets(text(password));
      expect(clean, `${text(password)} => ${clean}`).not.toContain(password);
      if (name === 'Authorization, basic') expect(clean).not.toContain(Buffer.from(`bob:${password}`).toString('base64'));
      expect(removeSecrets(clean), 'cleaning again changes nothing').toBe(clean);
    }
  });
});

describe('a key of a known shape leaves from no place', () => {
  const around = [
    (key: string) => key,
    (key: string) => `using ${key} now`,
    (key: string) => `"${key}"`,
    (key: string) => `x=${key},y=1`,
    (key: string) => `https://example.com/a?z=${key}&b=1`,
    (key: string) => `[${key}]`,
    (key: string) => `error: ${key}: denied`,
    (key: string) => `a\n${key}\nb`,
  ];
  test.each(SHAPED)('$name', ({ make }) => {
    for (let seed = 1; seed <= 25; seed++) {
      const key = make(seed * 7);
      for (const text of around) {
        const clean = removeSecrets(text(key));
        expect(clean, text(key)).not.toContain(key);
        expect(clean, text(key)).not.toContain(key.slice(-16));
      }
    }
  });
});

describe('private keys', () => {
  test.each(['RSA PRIVATE KEY', 'PRIVATE KEY', 'EC PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'PGP PRIVATE KEY BLOCK'])(
    '%s',
    label => {
      const pem = pemFrom(3, label);
      const lines = pem.split('\n').slice(1, -1);
      for (const text of [
        pem,
        `key:\n${pem}\nnext`,
        JSON.stringify({ key: pem }),
        pem.replaceAll('\n', '\\n'),
        pem.replaceAll('\n', ' '),
        pem.slice(0, 200),
      ]) {
        const clean = removeSecrets(text);
        for (const line of lines) expect(clean).not.toContain(line.slice(0, 30));
      }
      expect(removeSecrets(`before\n${pem}\nafter`)).toMatch(/^before\n\[private key removed\]\nafter$/);
    },
  );
});

test('ordinary text stays as it is', () => {
  const lines = [
    '2026-03-01T09:14:07Z INFO TokenValidator - token expired for session, refreshing',
    'ERROR password authentication failed for user "postgres"',
    'WARN invalid password for user bob',
    'password must be at least 12 characters',
    'Password: ********',
    `password=null token=undefined secret=$\{DB_SECRET} api_key=<redacted>`,
    'auth failed: Basic authentication is disabled, Bearer token required',
    'Unexpected token } in JSON at position 17',
    'max_tokens=2000 tokens: 17 token_count=3 cache_key=user:42:cart primary key violation',
    'duplicate key value violates unique constraint "orders_pkey"',
    'trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7',
    'commit 9fceb02d0ae598e95dc970b74767f19372d61af8 deployed by ci',
    'image sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945',
    'pod checkout-7c9f8b6d54-x2x9q on node ip-10-0-12-7.ec2.internal',
    'secretName: checkout-tls secretRef: {name: db-credentials} passwordFile=/run/secrets/db',
    'GET /api/v1/users/550e8400-e29b-41d4-a716-446655440000/cart 200 12ms',
    'com.zaxxer.hikari.pool.HikariPool$PoolEntryCreator.call(HikariPool.java:725)',
    'https://example.com:8443/a/b?x=1&y=2 http://10.0.0.7:9090/metrics',
    'key=value keys: 12 sort key asc; monkey: 3; author=bob; authority: example.com',
    'Keyboard interrupt; compass heading 12; bypass=true; passed: 17, failed: 0, pass=12',
    'S3 ETag "9b2cf535f27731c974343645a3985328" uploaded part 3',
    'kafka-consumer-group-order-events-partition-assignment-strategy-range-assignor-v2',
    'AbstractAutowireCapableBeanFactory$EnhancerBySpringCGLIB$$7f3a1b2c',
    'lock wait timeout exceeded; try restarting transaction (session 8123)',
    'cookie consent banner shown; cookies: 3',
    `cursor=${Buffer.from('{"after":"2026-03-01T09:14:07Z","page":17}').toString('base64')}`,
    '"dedup_key": "srv01/mysql", partition_key=order7, "api_keys": []',
    'the secret manager is unreachable; secret rotation failed',
    'login is required; password is required; token is invalid',
  ];
  for (const line of lines) expect(removeSecrets(line)).toBe(line);
});
