import { describe, expect, test } from 'vitest';
import { type LogAnomaly, logAnomalies, type TemplatedLogs } from '../../../src/analysis/logs/anomalies.ts';
import { heartbeatChange, heartbeatOf } from '../../../src/analysis/logs/heartbeats.ts';
import { peerOutliers } from '../../../src/analysis/logs/peers.ts';
import { generator, normal, poisson } from './seeded.ts';

const MINUTE = 60_000;
const baseline = { start: 0, end: 240 * MINUTE };
const window = { start: 240 * MINUTE, end: 245 * MINUTE };

describe('rhythms', () => {
  const beats = (n: number, period: number, random = generator(2)) =>
    Float64Array.from({ length: n }, (_, i) => i * period + 20 * random());

  test('independent arrivals have none', () => {
    const random = generator(9);
    let t = 0;
    expect(heartbeatOf(Float64Array.from({ length: 500 }, () => (t += -1000 * Math.log(1 - random()))))).toBeUndefined();
    expect(heartbeatOf(beats(50, 1000))?.period).toBeCloseTo(1000, -2);
  });

  test('lost, paused, slower', () => {
    const before = beats(240, 1000);
    const later = (ts: number[]) => ts.map(t => 240_000 + t);
    const end = { start: 240_000, end: 270_000 };
    const steady = Array.from({ length: 30 }, (_, i) => i * 1000 + 10);
    expect(heartbeatChange(before, later(steady), end)!.p).toBeGreaterThan(0.05);
    expect(heartbeatChange(before, later(steady.slice(0, 9)), end)).toMatchObject({ kind: 'lost', since: 248_010 });
    expect(heartbeatChange(before, later(steady.filter(t => t < 5000 || t > 20_000)), end)).toMatchObject({ kind: 'gap' });
    expect(heartbeatChange(before, later(steady.map(t => t * 1.3).filter(t => t < 30_000)), end)).toMatchObject({ kind: 'period' });
  });

  test('steady rhythms raise no more alarms than stated', () => {
    const random = generator(4);
    let alarms = 0;
    for (let round = 0; round < 1000; round++) {
      const times: number[] = [];
      for (let t = 0; t < 3600_000; t += 10_000 + 300 * normal(random)) times.push(t);
      const split = 3000_000;
      const change = heartbeatChange(
        times.filter(t => t < split),
        times.filter(t => t >= split),
        { start: split, end: 3600_000 },
      );
      if (change!.p <= 0.05 / 3) alarms++;
    }
    expect(alarms / 1000).toBeLessThan(0.06);
  });
});

describe('peers', () => {
  test('alike peers raise no more alarms than stated, also when the fleet is uneven', () => {
    const random = generator(6);
    for (const uneven of [0, 0.3]) {
      let alarms = 0;
      for (let round = 0; round < 1500; round++) {
        const peers = Array.from({ length: 8 }, (_, i) => {
          const exposure = 50 + 100 * random();
          return { peer: `h${i}`, count: poisson(random, exposure * 0.4 * Math.exp(uneven * normal(random))), exposure };
        });
        if (peerOutliers(peers).some(({ alarm }) => alarm)) alarms++;
      }
      expect(alarms / 1500).toBeLessThan(0.065);
      expect(alarms).toBeGreaterThan(0);
    }
  });
});

describe('anomalies of a window', () => {
  const kinds = (found: readonly LogAnomaly[]) => found.map(({ kind, text, service }) => `${kind} ${text} ${service}`);
  const check = (inject: (add: Add) => void) => logAnomalies(recording(1, inject), { baseline, window, falseAlarms: 0.01 });

  test('a quiet window has none', () => {
    expect(check(() => {})).toEqual([]);
  });

  test('new and frequent templates', () => {
    const found = check(add => {
      for (let i = 0; i < 40; i++) add(window.start + i * 5000, 'disk <*> failed', 'disk 3 failed', 'store', 17);
    });
    expect(kinds(found)).toContain('new disk <*> failed store');
    expect(
      kinds(
        check(add => {
          for (let i = 0; i < 300; i++) add(window.start + i * 900, 'user <*> came', `user ${i} came`, 'shop', 9);
        }),
      ),
    ).toContain('more user <*> came shop');
  });

  test('a value that moved', () => {
    const found = check(add => {
      for (let i = 0; i < 60; i++) add(window.start + i * 4900, 'answer <*>', 'answer 503', 'shop', 9);
    });
    const content = found.find(({ kind }) => kind === 'content');
    expect(content?.change).toMatchObject({ value: '503' });
  });

  test('a heartbeat that was lost', () => {
    const found = logAnomalies(
      recording(1, () => {}, window.start + MINUTE),
      { baseline, window, falseAlarms: 0.01 },
    );
    expect(found.find(({ kind }) => kind === 'temporal')).toMatchObject({ text: 'alive', change: { kind: 'lost' } });
  });

  test('an instance unlike its peers', () => {
    const found = check(add => {
      for (let i = 0; i < 80; i++) add(window.start + i * 3600, 'cache miss', 'cache miss', 'shop', 9, 'h2');
    });
    expect(found.find(({ kind }) => kind === 'contextual')).toMatchObject({
      text: 'cache miss',
      change: { peer: 'h2', direction: 'more' },
    });
  });
});

describe('share of quiet windows with an alarm', () => {
  test('an uneven fleet whose load moves from host to host', () => {
    const random = generator(12);
    const hours = { baseline: { start: 0, end: 150 * MINUTE }, window: { start: 150 * MINUTE, end: 155 * MINUTE }, falseAlarms: 0.1 };
    const alarms: Record<string, number> = { contextual: 0, more: 0 };
    const rounds = 300;
    for (let round = 0; round < rounds; round++) {
      const weights = Array.from({ length: 4 }, () => Math.exp(normal(random)));
      const rows: { t: number; template: number; instance: string }[] = [];
      for (let minute = 0; minute < 155; minute++) {
        if (minute % 3 === 0) weights[Math.floor(4 * random())]! *= Math.exp(0.3 * normal(random));
        for (let template = 0; template < 3; template++)
          for (const [h, weight] of weights.entries())
            for (let i = poisson(random, Math.min(6, weight)); i > 0; i--)
              rows.push({ t: (minute + random()) * MINUTE, template, instance: `h${h}` });
        for (let h = 0; h < 4; h++) weights[h]! = weights[h]! ** 0.97;
      }
      rows.sort((a, b) => a.t - b.t);
      const found = logAnomalies(
        {
          t: rows.map(({ t }) => t),
          template: rows.map(({ template }) => template),
          templates: ['a', 'b', 'c'].map(id => ({ id, text: id })),
          service: rows.map(() => 'shop'),
          severity: rows.map(() => 9),
          instance: rows.map(({ instance }) => instance),
        },
        hours,
      );
      if (found.some(({ kind }) => kind === 'contextual')) alarms['contextual']!++;
      if (found.some(({ kind }) => kind === 'more' || kind === 'less' || kind === 'gone')) alarms['more']!++;
    }
    // 0.1 ± 3 standard errors of 300 rounds and a step of the rank
    for (const count of Object.values(alarms)) {
      expect(count / rounds).toBeGreaterThan(0.04);
      expect(count / rounds).toBeLessThan(0.16);
    }
  });
});

type Add = (t: number, text: string, body: string, service: string, severity: number, instance?: string) => void;

/** Four hours of a shop on five hosts with a heartbeat every ten seconds. */
function recording(seed: number, inject: (add: Add) => void, silentFrom = Number.POSITIVE_INFINITY): TemplatedLogs {
  const random = generator(seed);
  const rows: { t: number; text: string; body: string; service: string; severity: number; instance: string }[] = [];
  const add: Add = (t, text, body, service, severity, instance = `h${Math.floor(5 * random())}`) =>
    rows.push({ t, text, body, service, severity, instance });
  for (let t = 0; t < window.end; t += 10_000) if (t < silentFrom) add(t + 30 * random(), 'alive', 'alive', 'shop', 9, 'h0');
  for (let minute = 0; minute < 245; minute++) {
    const at = () => (minute + random()) * MINUTE;
    for (let i = poisson(random, 20); i > 0; i--) add(at(), 'user <*> came', `user ${Math.floor(1e6 * random())} came`, 'shop', 9);
    for (let i = poisson(random, 15); i > 0; i--) add(at(), 'answer <*>', `answer ${random() < 0.05 ? 503 : 200}`, 'shop', 9);
    for (let i = poisson(random, 6); i > 0; i--) add(at(), 'cache miss', 'cache miss', 'shop', 9);
  }
  inject(add);
  rows.sort((a, b) => a.t - b.t);
  const texts = [...new Set(rows.map(row => row.text))];
  return {
    t: Float64Array.from(rows, row => row.t),
    template: Int32Array.from(rows, row => texts.indexOf(row.text)),
    templates: texts.map((text, i) => ({ id: `t${i}`, text })),
    service: rows.map(row => row.service),
    severity: Uint8Array.from(rows, row => row.severity),
    instance: rows.map(row => row.instance),
    body: rows.map(row => row.body),
  };
}
