import type { Note } from '../../model/answer.ts';
import type { Dashboard, DashboardSummary } from '../../model/dashboard.ts';
import { nearestNames, SreError } from '../../model/errors.ts';
import type { EvidenceId } from '../../model/evidence.ts';
import type { Source } from '../../model/source.ts';
import type { Context } from '../../model/tool.ts';
import { askEach, type FanOut, failureNote } from '../fan-out.ts';

export interface FoundDashboard {
  readonly dashboard: Dashboard;
  readonly source: Source;
  readonly evidence: EvidenceId;
  readonly notes: readonly Note[];
}

/** The dashboards of all sources, or those whose title, tags or id hold the text. */
export async function listDashboards(text: string | undefined, context: Context): Promise<FanOut<readonly DashboardSummary[]>> {
  return await askEach(
    context.sources,
    source => source.dashboards,
    port => port.list(text, context),
    context,
  );
}

/**
 * The dashboard of an id or title, from the first source that has it.
 * @throws SreError `not_found` with the nearest ids and titles of all sources; what the only source said, when it failed otherwise
 */
export async function findDashboard(id: string, context: Context): Promise<FoundDashboard> {
  const notes: Note[] = [];
  let failure: unknown;
  for (const source of context.sources) {
    if (!source.dashboards) continue;
    try {
      const { data, evidence, notes: own } = await source.dashboards.read(id, context);
      return { dashboard: data, source, evidence: context.record(evidence), notes: [...notes, ...own] };
    } catch (reason) {
      if (context.signal.aborted) throw reason;
      if (reason instanceof SreError && reason.code === 'not_found') continue;
      failure ??= reason;
      notes.push(failureNote(source, reason));
    }
  }
  if (failure instanceof SreError) throw failure;
  throw await notFound(id, context);
}

async function notFound(id: string, context: Context): Promise<SreError> {
  const { answers, asked } = await listDashboards(undefined, context);
  const all = answers.flatMap(({ answer }) => answer.data);
  const near = nearestNames(
    id,
    all.flatMap(one => [one.id, one.title]),
  );
  const hint =
    asked === 0
      ? 'No source has dashboards: add Grafana JSON files with --files.'
      : near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : all.length > 0
          ? 'List them by leaving the id out.'
          : 'The sources have no dashboards: add Grafana JSON files with --files.';
  return new SreError('not_found', `There is no dashboard "${id.slice(0, 80)}".`, { hint });
}
