import { join } from 'node:path';
import { dashboardData } from '../../../src/investigation/dashboards/numbers.ts';
import type { DashboardData, DashboardDataOptions, VariableValues } from '../../../src/investigation/dashboards/panel.ts';
import type { Dashboard, Widget, WidgetQuery } from '../../../src/model/dashboard.ts';
import type { Evidence } from '../../../src/model/evidence.ts';
import type { Source } from '../../../src/model/source.ts';
import type { TimeWindow } from '../../../src/model/time.ts';
import type { Context } from '../../../src/model/tool.ts';

/** Sources and the time they cover as a tool sees them; evidence is kept for the test. */
export function contextOf(sources: readonly Source[], extent?: TimeWindow): Context & { readonly recorded: Evidence[] } {
  const recorded: Evidence[] = [];
  return {
    signal: new AbortController().signal,
    now: extent?.end ?? Date.UTC(2026, 11, 1),
    deadline: Date.UTC(2027, 0, 1),
    progress() {},
    caller: { id: 'local', scopes: [] },
    sources,
    store: undefined as never,
    recordedNow: true,
    zone: 'UTC',
    ...(extent ? { extent } : {}),
    record(evidence) {
      recorded.push(evidence);
      return `ev_${recorded.length}`;
    },
    publish() {},
    recorded,
  };
}

export const INCIDENT = join(import.meta.dirname, '../../../examples/incidents/inc-01');

export function query(text: string, more: Partial<WidgetQuery> = {}): WidgetQuery {
  return { id: 'A', hidden: false, language: 'promql', text, ...more };
}

/** A widget of one query and nothing beside it. */
export function widget(id: string, queries: readonly WidgetQuery[], more: Partial<Widget> = {}): Widget {
  return {
    id,
    path: [],
    title: id,
    kind: 'timeseries',
    nativeType: 'timeseries',
    place: { x: 0, y: 0, width: 12, height: 8 },
    queries,
    thresholds: [],
    unit: '',
    transforms: [],
    unsupported: [],
    ...more,
  };
}

export function dashboard(widgets: readonly Widget[], more: Partial<Dashboard> = {}): Dashboard {
  return { id: 'd', title: 'D', schema: 'grafana/v1', tags: [], variables: [], sections: [], widgets, warnings: [], ...more };
}

export async function numbersOf(
  subject: Dashboard,
  window: TimeWindow,
  context: Context,
  variables: VariableValues = {},
  options: DashboardDataOptions = {},
): Promise<DashboardData> {
  return await dashboardData(subject, window, variables, context, options);
}
