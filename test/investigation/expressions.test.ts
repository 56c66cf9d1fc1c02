import { describe, expect, it } from 'vitest';
import { answerExpression, type ExpressionQuestion } from '../../src/investigation/expressions/answer-expression.ts';
import { collectedEvery } from '../../src/investigation/expressions/rhythm.ts';
import { SeriesReader } from '../../src/investigation/expressions/series-reader.ts';
import type { Source } from '../../src/model/source.ts';
import { filesSource } from '../../src/sources/files.ts';
import { folderOf } from '../sources/folder.ts';
import { contextOf, dashboard, numbersOf, query, widget } from './dashboards/world.ts';

const START = Date.UTC(2026, 4, 4, 8);
const MINUTE = 60_000;
const ALL = { start: START, end: START + 40 * MINUTE };
const WINDOW = { start: START + 10 * MINUTE, end: ALL.end };

/** Rows of 40 minutes, one every `step` ms. */
function openMetrics(step: number, series: Readonly<Record<string, (i: number) => number>>): string {
  const rows = Array.from({ length: (40 * MINUTE) / step }, (_, i) => i);
  const lines = Object.entries(series).flatMap(([name, value]) => rows.map(i => `${name} ${value(i)} ${(START + i * step) / 1000}`));
  return `${lines.join('\n')}\n# EOF\n`;
}

function files(id: string, step: number, series: Readonly<Record<string, (i: number) => number>>): Source {
  return { ...filesSource({ paths: [folderOf({ 'metrics/m.om': openMetrics(step, series) })] }), id };
}

const desk = files('desk', 15_000, { 'desk_failed_calls{service="desk"}': () => 3, 'desk_open_calls{service="desk"}': i => i % 5 });
const lines = files('lines', MINUTE, {
  'line_calls{service="desk"}': () => 60,
  'line_load{service="desk"}': () => 1,
  'line_load{service="door"}': () => 2,
});
const agent = { ...filesSource({ paths: [folderOf({ 'metrics/a.csv': csv() })] }), id: 'agent' };

function csv(): string {
  const rows = Array.from({ length: 40 }, (_, i) => `${new Date(START + i * MINUTE).toISOString()},host.cpuPercent,50,box-1`);
  return `time,metric,value,host\n${rows.join('\n')}\n`;
}

function ask(sources: readonly Source[], text: string, more: Partial<ExpressionQuestion> = {}) {
  const context = contextOf(sources, ALL);
  return answerExpression({ text, window: WINDOW, step: MINUTE, ...more }, new SeriesReader(context)).then(answer => ({
    ...answer,
    queries: (ids: readonly string[]) => ids.map(id => context.recorded[Number(id.slice(3)) - 1]!.query),
  }));
}

describe('an expression over sources', () => {
  it('is computed over all of them where each has a part, with the evidence of both', async () => {
    const { rows, queries } = await ask([desk, lines], 'desk_failed_calls / line_calls');
    expect(rows.map(({ source, series }) => [source, series.name, series.entity.name, series.v[0]])).toEqual([
      ['desk+lines', '', 'desk', 0.05],
    ]);
    expect(queries(rows[0]!.evidence).map(text => /desk_failed_calls|line_calls/.exec(text)?.[0])).toEqual([
      'desk_failed_calls',
      'line_calls',
    ]);
  });

  it('is about what all series behind a row belong to', async () => {
    expect((await ask([desk], 'sum(desk_failed_calls)')).rows[0]!.series.entity).toMatchObject({ kind: 'service', name: 'desk' });
    expect((await ask([lines], 'sum(line_load)')).rows[0]!.series.entity).toEqual({ kind: 'unknown', name: 'all' });
    expect((await ask([lines], 'sum(line_load{service="door"})')).rows[0]!.series.entity).toMatchObject({ name: 'door' });
  });

  it('says that something is absent, on the evidence of what was looked at', async () => {
    const { rows, queries } = await ask([desk, lines], 'absent(desk_closed_calls)');
    expect(rows).toHaveLength(1);
    expect([...new Set(rows[0]!.series.v)]).toEqual([1]);
    expect(queries(rows[0]!.evidence)).toHaveLength(2);
    const dead: Source = { ...desk, metrics: { query: () => Promise.reject(new Error('gone')) } };
    expect((await ask([dead], 'absent(desk_closed_calls)')).rows).toEqual([]);
  });

  it('of numbers alone is one row', async () => {
    expect((await ask([desk, lines], 'vector(5)')).rows.map(({ series }) => series.v[0])).toEqual([5]);
  });

  it('tells a name that nobody has from labels that no series has', async () => {
    const { lacking } = await ask([desk], 'desk_open_calls{service="door"} + desk_closed_calls');
    expect(lacking.map(({ selector, named }) => [selector.name, named])).toEqual([
      ['desk_open_calls', true],
      ['desk_closed_calls', false],
    ]);
    expect((await ask([desk], 'desk_open_calls')).lacking).toEqual([]);
  });

  it('is an error only where nothing comes of it', async () => {
    const twice = files('twice', MINUTE, { 'line_load{service="desk",line="1"}': () => 1, 'line_load{service="desk",line="2"}': () => 1 });
    const text = 'line_load + on(service) line_load';
    await expect(ask([twice], text)).rejects.toMatchObject({ code: 'invalid_argument' });
    const { rows, notes } = await ask([lines, twice], text);
    expect(rows.map(({ source }) => source)).toEqual(['lines', 'lines']);
    expect(notes).toContainEqual(expect.objectContaining({ kind: 'not_looked_at', source: 'twice' }));
  });
});

describe('a reader', () => {
  function counted(source: Source): { source: Source; asked: (string | undefined)[] } {
    const asked: (string | undefined)[] = [];
    const { query: inner } = source.metrics!;
    const port = source.metrics!;
    return {
      asked,
      source: {
        ...source,
        metrics: {
          query(q, io) {
            asked.push(q.metric);
            return inner.call(port, q, io);
          },
        },
      },
    };
  }

  it('asks each question once, and a recording that was read not for what it has not', async () => {
    const { source, asked } = counted(desk);
    const reader = new SeriesReader(contextOf([source], ALL), WINDOW);
    for (let i = 0; i < 2; i++)
      for (const text of ['desk_open_calls', 'desk_open_calls > 1', 'desk_shut', 'rate(desk_gone[1m])'])
        await answerExpression({ text, window: WINDOW, step: MINUTE }, reader);
    expect(asked).toEqual([undefined, 'desk_open_calls']);
  });

  it('knows how often a source was collected', async () => {
    const reader = new SeriesReader(contextOf([desk, lines], ALL), WINDOW);
    const steps = await Promise.all(reader.sources().map(source => collectedEvery(source, WINDOW, reader)));
    expect(steps).toEqual([15_000, MINUTE]);
  });
});

describe('a panel', () => {
  it('over sources of different rhythm that each have a part is computed with the slowest', async () => {
    const subject = dashboard([widget('1', [query('desk_failed_calls / on(service) avg_over_time(line_calls[$__rate_interval])')])]);
    const context = contextOf([desk, lines], ALL);
    const { panels } = await numbersOf(subject, WINDOW, context);
    expect(panels[0]!.series.map(one => [one.entity.name, one.numbers.last])).toEqual([['desk', 0.05]]);
    expect(panels[0]!.widget.queries[0]!.text).toContain('[4m]');
    const { query: said } = context.recorded[Number(panels[0]!.evidence!.slice(3)) - 1]!;
    expect(said).toMatch(/^desk_failed_calls \/ on\(service\) .* over [^;]*desk_failed_calls[^;]*; [^;]*line_calls[^;]*$/);
  });

  it('finds common names, and labels in their other spellings', async () => {
    const subject = dashboard([widget('1', [query('100 * avg by (host) (system.cpu.utilization)')])]);
    const { panels, notes } = await numbersOf(subject, WINDOW, contextOf([agent], ALL));
    expect(panels[0]!.series.map(one => [one.entity.name, one.unit, one.numbers.last])).toEqual([['box-1', '%', 50]]);
    expect(notes.map(note => note.text)).toContain('system.cpu.utilization is what agent calls host.cpuPercent.');
  });
});
