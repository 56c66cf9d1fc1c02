import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../src/model/store.ts';
import { isCard, personalSpans } from '../../src/security/personal.ts';
import { createRedactor } from '../../src/security/redaction.ts';
import { memoryStore } from '../../src/store/store.ts';

const spansOf = (text: string) => personalSpans(text).map(({ kind, value }) => `${kind} ${value}`);

test.each([
  ['login of bob.miller+test@mail.example.com failed', ['email bob.miller+test@mail.example.com']],
  ['q=jane%40example.org&x=1', ['email jane%40example.org']],
  ['an jörg@müller.example', ['email jörg@müller.example']],
  ['203.0.113.9:5123 - - "GET /" 200', ['ip 203.0.113.9']],
  ['from /198.51.100.7:443 via 8.8.8.8,1.1.1.1', ['ip 198.51.100.7', 'ip 8.8.8.8', 'ip 1.1.1.1']],
  ['client 203.0.113.0/24', ['ip 203.0.113.0']],
  ['[2001:db8::1]:443 and ::ffff:203.0.113.9', ['ip 2001:db8::1', 'ip 203.0.113.9']],
  ['paid with 4111 1111 1111 1111, then 4111-1111-1111-1111', ['card 4111 1111 1111 1111', 'card 4111-1111-1111-1111']],
  ['card=5555555555554444 amex 378282246310005', ['card 5555555555554444', 'card 378282246310005']],
  ['after 2001:db8::370:7334 4111 1111 1111 1111', ['ip 2001:db8::370:7334', 'card 4111 1111 1111 1111']],
  ['user_id=u-48213 userId: "77" "customer_id":"c_991"', ['user u-48213', 'user 77', 'user c_991']],
  ['card_id=4548784397274440', ['card 4548784397274440']],
  ['GET /api/users/48213/cart and /customers/c-00017', ['user 48213', 'user c-00017']],
])('%s', (text, expected) => {
  expect(spansOf(text)).toEqual(expected);
});

test('what belongs to the machinery is not personal', () => {
  const lines = [
    '10.0.0.7 172.16.3.4 192.168.1.1 127.0.0.1 169.254.1.1 100.64.0.1 0.0.0.0 255.255.255.255 224.0.0.1',
    'fe80::1 ::1 fd00::7 at 10:00:00 10:00 aa:bb:cc:dd:ee:ff',
    'version 1.2.3.4, v8.8.8.8, release: 5.4.3.2, Chrome/99.0.48.51 1.2.3 1.2.3.4.5 300.1.2.3',
    'git@github.example.com:org/repo root@ip-10-0-0-7.ec2.internal postgres@db.svc lodash@4.17.21.tgz java.lang.Object@1a2b.c',
    'user=postgres user "root" uid=0 uid=1000 user=system:serviceaccount user: admin',
    'FATAL: password authentication failed for user "app"',
    'trace 4bf92f3577b34da6a3ce929d0e0e4736 order 1234567890123456 at 1772359200000 1772359200000000 1772359200000000000',
    'Chrome 121.0.0.0 on Edge/120.0.0.1, logo@2x.png, "id": 4548784397274440, orderId=4548784397274440, "uid": "datasource2"',
    'app@orders.cluster-x.eu-west-1.rds.amazonaws.com runner@project.iam.gserviceaccount.com',
    'GET /api/users/me and /users/{id} and /v1/customers',
    'ip-10-0-12-7.ec2.internal ec2-203-0-113-5.compute.example.com',
  ];
  for (const line of lines) expect(spansOf(line), line).toEqual([]);
  expect(isCard('4111111111111112')).toBe(false);
});

describe('pseudonyms', () => {
  test('are the same for the same value, in every process on one store, and other ones elsewhere', async () => {
    const store = memoryStore();
    const text = 'from 203.0.113.9 to bob@example.com';
    const first = await createRedactor(store).clean(text);
    expect(first).toMatch(/^from <ip_[0-9a-f]{4}> to <email_[0-9a-f]{4}>$/);
    expect(await createRedactor(store).clean(text)).toBe(first);
    expect(await createRedactor(memoryStore()).clean(text)).not.toBe(first);
  });

  test('grow when two values would share one', async () => {
    const store = memoryStore();
    const redactor = createRedactor(store);
    const values = Array.from({ length: 3000 }, (_, i) => `203.${i >> 8}.113.${i & 255}`);
    const clean = await redactor.clean(values);
    expect(new Set(clean).size).toBe(values.length);
    expect(clean.some(pseudonym => pseudonym.length > '<ip_7f3a>'.length)).toBe(true);
    // Another process learns them in another order and calls them the same.
    expect(await createRedactor(store).clean([...values].reverse())).toEqual([...clean].reverse());
    expect(await createRedactor(store).reveal({ values: clean })).toEqual({ values });
  });

  test('are never given to a second value by two processes at once', async () => {
    const store = memoryStore();
    const values = Array.from({ length: 500 }, (_, i) => `user${i}@example.com`);
    const [one, two] = await Promise.all([createRedactor(store).clean(values), createRedactor(store).clean([...values].reverse())]);
    expect([...two].reverse()).toEqual(one);
    expect(new Set(one).size).toBe(values.length);
  });

  test('are accepted back in every argument', async () => {
    const store = memoryStore();
    const ip = await createRedactor(store).clean('203.0.113.9');
    const user = (await createRedactor(store).clean({ user_id: 'u-48213' })).user_id;
    const args = { contains: [`from ${ip}:`, 'x'], where: [`client=${ip}`], deep: { a: [{ b: `${user} or ${ip}` }] }, n: 7, none: null };
    expect(await createRedactor(store).reveal(args)).toEqual({
      contains: ['from 203.0.113.9:', 'x'],
      where: ['client=203.0.113.9'],
      deep: { a: [{ b: 'u-48213 or 203.0.113.9' }] },
      n: 7,
      none: null,
    });
    await expect(createRedactor(store).reveal({ contains: ['<ip_0000dead>'] })).rejects.toMatchObject({ code: 'not_found' });
    expect(await createRedactor(store).reveal({ contains: ['<*>', '<ip>', '<ip_x>', '<html_7f3a>'] })).toEqual({
      contains: ['<*>', '<ip>', '<ip_x>', '<html_7f3a>'],
    });
  });

  test('hold for the process when the store fails, and that is known', async () => {
    const broken = () => Promise.reject(new Error('disk'));
    const store: Store = { ...memoryStore(), pseudonymKey: broken, savePseudonym: broken, pseudonymValue: broken };
    const redactor = createRedactor(store);
    expect(redactor.durable()).toBe(true);
    const clean = await redactor.clean('203.0.113.9');
    expect(clean).toMatch(/^<ip_/);
    expect(await redactor.clean('203.0.113.9')).toBe(clean);
    expect(await redactor.reveal({ a: clean })).toEqual({ a: '203.0.113.9' });
    expect(redactor.durable()).toBe(false);
  });

  test('come back as what they were, whatever the text', async () => {
    const store = memoryStore();
    const redactor = createRedactor(store);
    const piece = fc.oneof(fc.ipV4(), fc.ipV6(), fc.emailAddress(), fc.constantFrom(' ', ',', '=', 'from', '<', '>', '/', ':'));
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async parts => {
        const text = parts.join(' ');
        const clean = await redactor.redact(text);
        expect(await redactor.redact(clean)).toBe(clean);
        expect(await redactor.reveal({ text: clean })).toEqual({ text });
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});
