import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mineTemplates, templateMiner } from '../../../../src/analysis/logs/templates/miner.ts';

const texts = (bodies: readonly string[]) => mineTemplates(bodies).templates.map(template => template.text);

describe('what becomes a parameter', () => {
  test.each([
    ['numbers', ['worker 12 took 5 jobs', 'worker 7 took 31 jobs'], 'worker <*> took <*> jobs'],
    ['addresses with ports', ['refused by 10.0.0.3:5432', 'refused by 10.0.9.1:5433'], 'refused by <*>'],
    ['paths', ['cannot open /var/lib/a', 'cannot open /srv/b/c'], 'cannot open <*>'],
    ['quoted values', ['level="low water" pump=3', 'level="high water" pump=9'], 'level="<*>" pump=<*>'],
    ['sizes with other units', ['freed 3 KB at last', 'freed 14 MB at last'], 'freed <*> at last'],
    ['sizes with one unit', ['freed 3 MB at last', 'freed 14 MB at last'], 'freed <*> MB at last'],
    ['sizes that are said twice', ['sent 2048 bytes (2 KB) home', 'sent 12 bytes home'], 'sent <*> home'],
    ['numbers after a word and a dash', ['lost node-17', 'lost node-4'], 'lost node-<*>'],
    ['times', ['at Sat May 3 10:00:00 2025 from 10.0.0.1', 'at Mon Jun 9 11:30:00 2025 from 10.0.0.2'], 'at <*> from <*>'],
    ['dots that lead to a value', ['fan speed........3', 'fan speed........12'], 'fan speed........<*>'],
    ['lists of words in a field', ['ready hosts=[ann, bob] ok', 'ready hosts=[cid, dan, eve] ok'], 'ready hosts=[<*>] ok'],
    [
      'records in a list, however many',
      [
        'saw [Cat(name=tom, age=3), Cat(name=kit, age=5)]',
        'saw [Cat(name=sue, age=1)]',
        'saw [Cat(name=ben, age=2), Cat(name=amy, age=9), Cat(name=joe, age=4)]',
        'saw [Cat(name=lou, age=8)]',
      ],
      'saw [Cat(name=<*>, age=<*>)]',
    ],
    ['a name before a number sign', ['at Shop#12 we met', 'at Shop#7 we met'], 'at Shop#<*> we met'],
    ['other scripts', ['用户17登录失败', '用户203登录失败'], '用户<*>登录失败'],
    ['hosts', ['lookup of db.shop.internal failed', 'lookup of cache.shop.internal failed'], 'lookup of <*> failed'],
    ['a value seen once', ['user anna has left'], 'user anna has left'],
  ])('%s', (_, bodies, text) => {
    expect(texts(bodies)).toEqual([text]);
  });

  test('states in capitals are constants', () => {
    expect(texts(['moved from IDLE to BUSY', 'moved from BUSY to IDLE'])).toHaveLength(2);
  });

  test('words that differ in one place with many values are one template', () => {
    const names = 'anna bernd cleo dora emil frida gustav heidi'.split(' ');
    expect(texts(names.map(name => `session of customer ${name} was opened`))).toEqual(['session of customer <*> was opened']);
  });

  test('lists of any length are one template', () => {
    expect(mineTemplates(['replicas are 1, 2', 'replicas are 4, 9, 11, 17']).templates).toHaveLength(1);
  });
});

describe('messages of several lines', () => {
  test('are mined by the first line and the type of the exception', () => {
    const trace = '\n\tat shop.Cart.add(Cart.java:17)\n\tat shop.Main.run(Main.java:3)';
    expect(
      texts([`cannot add item 5\nshop.OutOfStockException: item 5${trace}`, `cannot add item 9\nshop.OutOfStockException: item 9${trace}`]),
    ).toEqual(['cannot add item <*> shop.OutOfStockException']);
  });

  test('of Python by the type in the last line', () => {
    const trace = 'Traceback (most recent call last):\n  File "shop.py", line 3, in <module>\n    pay(order)\nKeyError: \'price\'\n';
    expect(texts([trace])).toEqual(['Traceback (most recent call last): KeyError']);
  });
});

describe('promises', () => {
  const word = fc.stringMatching(/^[a-z]{2,8}$/);
  const message = fc
    .array(fc.oneof(word, fc.nat().map(String), fc.constantFrom('=', ':', '(', ')', 'a=b', '[x]', '"q"')), { minLength: 1, maxLength: 12 })
    .map(parts => parts.join(' '));

  test('counts add up and every message has a template', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 60 }), bodies => {
        const { template, templates } = mineTemplates(bodies);
        expect(template).toHaveLength(bodies.length);
        expect(templates.reduce((sum, { count }) => sum + count, 0)).toBe(bodies.length);
        for (const index of template) expect(templates[index]).toBeDefined();
        expect(new Set(templates.map(({ id }) => id)).size).toBe(templates.length);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  test('any text is taken', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { maxLength: 20 }), bodies => {
        expect(mineTemplates(bodies).template).toHaveLength(bodies.length);
      }),
      { numRuns: 500, seed: 2 },
    );
  });

  test('the same event has the same id from another source', () => {
    const here = mineTemplates(['disk 3 is full', 'boot done', 'disk 9 is full']).templates;
    const there = mineTemplates(['disk 77 is full', 'something else']).templates;
    expect(there[0]!.id).toBe(here[0]!.id);
  });

  test('shape indices stay valid while more comes in', () => {
    const miner = templateMiner();
    const first = miner.add('job 1 done');
    miner.cluster();
    for (let i = 0; i < 500; i++) miner.add(`${'abcdefghij'[i % 10]}${'klmnopqrst'[((i / 10) % 10) | 0]} happened ${i}`);
    expect(miner.add('job 2 done')).toBe(first);
    const { templateOf, templates } = miner.cluster();
    expect(templates[templateOf[first]!]).toMatchObject({ text: 'job <*> done', count: 2 });
  });

  test('a parameter of plain words does not fill the memory', () => {
    const miner = templateMiner({ maxShapes: 500 });
    const name = (n: number) => [...String(n)].map(digit => 'abcdefghij'[Number(digit)]).join('');
    for (let i = 0; i < 20_000; i++) miner.add(`customer ${name(i)} has paid order ${i}`);
    miner.add('queue of orders is empty today');
    expect(miner.shapes()).toBeLessThan(200);
    expect(miner.cluster().templates).toMatchObject([
      { text: 'customer <*> has paid order <*>', count: 20_000 },
      { text: 'queue of orders is empty today', count: 1 },
    ]);
  });

  test('memory is bounded: what comes after the limit is counted under a general shape', () => {
    const miner = templateMiner({ maxShapes: 50 });
    const letters = (n: number) => [...String(n)].map(digit => 'abcdefghij'[Number(digit)]).join('');
    for (let i = 0; i < 5000; i++) miner.add(`${letters(i)} ${letters(i * 7)} ${letters(i * 13)}`);
    expect(miner.shapes()).toBeLessThan(60);
    const { templates } = miner.cluster();
    expect(templates.reduce((sum, { count }) => sum + count, 0)).toBe(5000);
    expect(templates.map(({ text }) => text)).toContain('<*> <*> <*>');
  });
});
