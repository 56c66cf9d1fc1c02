import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evidenceRecorder } from '../../src/exit/evidence.ts';
import { leave } from '../../src/exit/exit.ts';
import { drawPicture } from '../../src/exit/picture.ts';
import type { Picture, Reply } from '../../src/model/answer.ts';
import type { Json } from '../../src/model/json.ts';
import { renderDashboard } from '../../src/render/dashboard.ts';
import type { DashboardPicture } from '../../src/render/picture.ts';
import { withWords, wordsOf } from '../../src/render/words.ts';
import { createRedactor } from '../../src/security/redaction.ts';
import { memoryStore } from '../../src/store/store.ts';
import { END, START, series, widget } from '../render/scenes.ts';
import { lettersFrom } from '../security/secret-places.ts';
import { contextOf, hostileReply } from './replies.ts';

const SECRET = lettersFrom(77, 24, 'abcdefghijkmnpqrstuvwxyz23456789');
const MAIL = 'maria.miller@example.com';

function picture(): Picture {
  const input: DashboardPicture = {
    title: `Orders of ${MAIL}`,
    window: { start: START, end: END },
    marks: [{ kind: 'change', label: `set password=${SECRET}`, window: { start: START + 600_000, end: START + 600_001 } }],
    theme: 'dark',
    panels: [
      {
        widget: widget('timeseries', 'Requests', { section: `for ${MAIL}` }),
        series: [
          series('requests of u-48213', '', () => 3, { labels: { user_id: 'u-48213', service: 'checkout' } }),
          series('from 203.0.113.77 to 10.1.2.3', '', () => 4, { labels: { client: '203.0.113.77', instance: '10.1.2.3:9100' } }),
        ],
      },
    ],
  };
  return { words: wordsOf(input), alt: `Requests of ${MAIL}`, draw: words => renderDashboard(withWords(input, words)).svg };
}

const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(match => match[1]!).join('\n');

function reply(): Reply {
  return {
    summary: `Written by ${MAIL}.`,
    sections: [{ key: 'rows', rows: [{ user_id: 'u-48213', client: '203.0.113.77' }], priority: 1 }],
    notes: [],
    picture: picture(),
  };
}

function options(maxTokens: number | null = 2000) {
  const store = memoryStore();
  const context = contextOf(store);
  return { tool: 'render_dashboard', arguments: {}, maxTokens, context, redactor: createRedactor(store), recorder: evidenceRecorder() };
}

test('no secret and no person is in the picture, and pseudonyms are those of the text', async () => {
  const { structured, picture: drawn } = await leave(reply(), options());
  for (const value of [MAIL, SECRET, 'u-48213', '203.0.113.77']) {
    expect(drawn!.svg).not.toContain(value);
    expect(drawn!.alt).not.toContain(value);
  }
  const said = texts(drawn!.svg).replaceAll('&#60;', '<').replaceAll('&#62;', '>');
  const mail = /<email_[0-9a-f]{4}>/.exec(String(structured['summary']))![0];
  expect(said).toContain(`Orders of ${mail}`);
  const [row] = structured['rows'] as { user_id: string }[];
  expect(row!.user_id).toMatch(/^<user_/);
  expect(said).toContain(`requests of ${row!.user_id}`);
  expect(said).toContain('10.1.2.3');
});

test('the picture is a PNG, whatever the budget of the text', async () => {
  for (const budget of [200, 2000, null]) {
    const { picture: drawn } = await leave(reply(), options(budget));
    expect([...drawn!.png!.subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
  }
});

test('the same reply with other data has another picture', async () => {
  const world = options();
  const first = await leave(reply(), world);
  const other = await leave(
    { ...reply(), picture: { ...picture(), draw: () => '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>' } },
    world,
  );
  expect(other.picture!.svg).not.toBe(first.picture!.svg);
});

test('a picture that cannot be made a PNG is said, and the text stands', async () => {
  const { structured, picture: drawn } = await leave({ ...reply(), picture: { ...picture(), draw: () => 'no picture at all' } }, options());
  expect(drawn!.png).toBeUndefined();
  expect(structured['notes']).toMatchObject([{ kind: 'data_quality', what: 'picture' }]);
});

test('no secret of any hostile reply reaches the pixels', async () => {
  const redactor = createRedactor(memoryStore());
  await fc.assert(
    fc.asyncProperty(hostileReply, async ({ reply: { summary, sections }, secrets }) => {
      let drawn = '';
      const words = { title: summary, panels: sections.map(({ rows }) => ({ rows })) } as unknown as Json;
      const draw = (clean: Json) => {
        drawn = JSON.stringify(clean);
        return '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>';
      };
      await drawPicture({ words, alt: '', draw }, redactor, []);
      for (const secret of secrets) expect(drawn).not.toContain(secret);
      for (const value of ['bob.miller@example.com', '203.0.113.77', '4111 1111 1111 1111']) expect(drawn).not.toContain(value);
    }),
    { numRuns: 60, seed: 3 },
  );
});
