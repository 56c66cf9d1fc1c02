import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { generator, poisson } from '../analysis/logs/seeded.ts';
import { rowsOf, testProduct } from '../kit/product.ts';
import { temporaryFolder } from '../kit/server.ts';

const START = Date.UTC(2026, 5, 8, 6);
const MINUTE = 60_000;
/** Three hours of known good time, then ten minutes under test. */
const BASELINE = { start: START, end: START + 180 * MINUTE };
const WINDOW = { start: BASELINE.end, end: BASELINE.end + 10 * MINUTE };

const BRANCHES = ['amber', 'brook', 'cliff', 'delta', 'ember', 'fjord', 'grove', 'north', 'ocean', 'prairie', 'ridge', 'summit'];

interface Line {
  readonly t: number;
  readonly host: string;
  readonly text: string;
}

type Write = (t: number, text: string, host?: string) => void;

/** What two hosts of a booking service log when nothing is wrong, with whatever is added to it. */
function quietLines(change: (line: Line) => Line | undefined, add: (write: Write, random: () => number) => void): Line[] {
  const random = generator(77);
  const lines: Line[] = [];
  const write: Write = (t, text, host = `booking-${1 + Math.floor(4 * random())}`) => {
    const line = change({ t, host, text });
    if (line) lines.push(line);
  };
  let request = 1000;
  for (let t = START; t < WINDOW.end; t += 5000) {
    if (t % 30_000 === 0) write(t + 40 * random(), 'INFO lease of the calendar renewed', 'booking-1');
    for (let n = poisson(random, 2); n > 0; n--) {
      const at = t + 5000 * random();
      const id = `request_id=r${request++}`;
      write(at, `INFO booking received ${id} from branch ${BRANCHES[Math.floor(12 * random() ** 2)]}`);
      write(at + 20 + 10 * random(), `INFO room reserved ${id} after ${(12 + 4 * random()).toFixed(1)} ms`);
      write(at + 60 + 20 * random(), `INFO confirmation sent ${id}`);
    }
    for (let n = poisson(random, 0.3); n > 0; n--)
      write(t + 5000 * random(), `WARN calendar answered slowly, ${300 + Math.floor(90 * random())} ms`);
  }
  add(write, random);
  return lines;
}

const stamped = ({ t, text }: Line) => `${new Date(t).toISOString()} ${text}`;

async function found(
  change: (line: Line) => Line | undefined = line => line,
  add: (write: Write, random: () => number) => void = () => {},
): Promise<JsonObject[]> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'logs/booking'), { recursive: true });
  const byHost = new Map<string, Line[]>();
  for (const line of quietLines(change, add)) byHost.set(line.host, [...(byHost.get(line.host) ?? []), line]);
  for (const [host, lines] of byHost)
    writeFileSync(
      join(folder, `logs/booking/${host}.log`),
      `${lines
        .sort((a, b) => a.t - b.t)
        .map(stamped)
        .join('\n')}\n`,
    );
  const product = await testProduct([folder]);
  onTestFinished(() => product.close());
  const span = ({ start, end }: { start: number; end: number }) => `${new Date(start).toISOString()}/${new Date(end).toISOString()}`;
  const answer = await product.call('detect_anomalies', { window: span(WINDOW), baseline: [span(BASELINE)], signals: ['logs'] });
  const rows = rowsOf(answer, 'logs');
  for (const row of rows) {
    const evidence = await product.call('get_evidence', { id: row['evidence']! });
    expect(evidence['error']).toBeUndefined();
  }
  return rows;
}

const inWindow = (t: number) => t >= WINDOW.start;
const what = (rows: readonly JsonObject[]) => rows.map(row => `${row['kind']} ${row['what']}`);

describe('unusual logs', () => {
  it('finds nothing in a quiet window', async () => {
    expect(await found()).toEqual([]);
  });

  it('finds an error never seen before, and says since when and how often', async () => {
    const since = WINDOW.start + 3 * MINUTE;
    const rows = await found(
      line => line,
      write => {
        for (let i = 0; i < 40; i++) write(since + i * 9000, `ERROR could not lock room ${100 + i}: deadlock detected`);
      },
    );
    expect(rows[0]).toMatchObject({
      kind: 'frequency',
      what: 'new',
      service: 'booking',
      level: 'ERROR',
      after: 40,
      since: '2026-06-08T09:03:00Z',
    });
    expect(rows[0]!['reason']).toMatch(
      /for the first time: 40 times since 2026-06-08T09:03:00Z, level ERROR; quiet windows|about one quiet window/,
    );
    expect(rows).toHaveLength(1);
  });

  it('finds a single new error too, but last and without surprise', async () => {
    const rows = await found(
      line => line,
      write => write(WINDOW.start + MINUTE, 'ERROR ledger is read-only'),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ kind: 'content', what: 'new', after: 1 });
    expect(Number(rows[0]!['score'])).toBeLessThan(1);
  });

  it('finds a burst and when it began', async () => {
    const rows = await found(
      line => line,
      write => {
        for (let i = 0; i < 150; i++) write(WINDOW.start + 4 * MINUTE + i * 2000, `WARN calendar answered slowly, ${310 + (i % 80)} ms`);
      },
    );
    expect(what(rows)).toContain('frequency burst');
    const burst = rows.find(row => row['what'] === 'burst')!;
    expect(Math.abs(Date.parse(String(burst['since'])) - WINDOW.start - 4 * MINUTE)).toBeLessThan(MINUTE);
  });

  it('finds lines that vanished', async () => {
    const rows = await found(line => (inWindow(line.t) && line.text.includes('confirmation') ? undefined : line));
    expect(rows.find(row => row['what'] === 'vanished')).toMatchObject({
      template: expect.stringContaining('confirmation sent'),
      after: 0,
    });
  });

  it('finds a value that has become common and a quantity that has grown', async () => {
    const values = await found(line => (inWindow(line.t) ? { ...line, text: line.text.replace(/branch [n-z]\w+/, 'branch delta') } : line));
    expect(values.some(row => row['kind'] === 'content' && String(row['reason']).includes('delta'))).toBe(true);
    const quantities = await found(line =>
      inWindow(line.t)
        ? { ...line, text: line.text.replace(/after ([\d.]+) ms/, (_, ms) => `after ${(2 * Number(ms)).toFixed(1)} ms`) }
        : line,
    );
    const shift = quantities.find(row => row['what'] === 'parameter_shift');
    expect(Number(shift!['after']) / Number(shift!['before'])).toBeCloseTo(2, 0);
  });

  it('finds a heartbeat that stopped', async () => {
    const rows = await found(line => (line.t > WINDOW.start + 4 * MINUTE && line.text.includes('lease') ? undefined : line));
    expect(rows.find(row => row['kind'] === 'temporal')).toMatchObject({
      what: 'lost_heartbeat',
      template: expect.stringContaining('lease'),
    });
  });

  it('finds the one host that differs from the others', async () => {
    const rows = await found(line => (inWindow(line.t) && line.text.includes('slowly') ? { ...line, host: 'booking-3' } : line));
    expect(rows.find(row => row['kind'] === 'contextual')).toMatchObject({
      what: 'differs_from_peers',
      reason: expect.stringContaining('booking-3'),
    });
  });

  it('finds a step that is missing in some requests', async () => {
    let n = 0;
    const rows = await found(line => (inWindow(line.t) && line.text.includes('reserved') && n++ % 4 === 0 ? undefined : line));
    const broken = rows.find(row => row['kind'] === 'sequence');
    expect(broken).toMatchObject({ what: 'missing_step', reason: expect.stringContaining('room reserved') });
  });

  it('tells one failure that two lines of it tell once', async () => {
    const rows = await found(
      line => line,
      write => {
        for (let i = 0; i < 60; i++) {
          write(WINDOW.start + i * 9000, `ERROR ledger refused entry ${i}: account closed`);
          write(WINDOW.start + i * 9000 + 5, `ERROR booking ${9000 + i} rolled back`);
        }
      },
    );
    expect(rows.filter(row => row['what'] === 'new')).toHaveLength(1);
  });
});
