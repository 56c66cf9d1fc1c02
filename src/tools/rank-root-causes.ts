import { z } from 'zod';
import { rankCauses } from '../investigation/rank-causes.ts';
import { SreError } from '../model/errors.ts';
import { formatWindow, type Millis, parseInstant, type TimeWindow } from '../model/time.ts';
import { type Context, defineTool, READ_ONLY } from '../model/tool.ts';
import { resolveWindow, windowArgument } from './arguments.ts';

export const rankRootCauses = defineTool({
  name: 'rank_root_causes',
  title: 'Rank suspects',
  description:
    'Weighs hypotheses: how likely each named candidate (or every component) is the cause, with all its signs in sigmas, what speaks against it, and its rank. Use it to test your own suspicion, or with an onset you found. For the whole story, investigate.',
  input: z.strictObject({
    window: windowArgument,
    candidates: z.array(z.string().max(200)).max(20).optional().describe('Services, pods, hosts or databases you suspect. Default: all.'),
    onset: z.string().max(100).optional().describe('When the trouble began, if known. Default: found.'),
    baseline: z.array(z.string().max(200)).max(10).optional().describe('Known good windows `START/END`.'),
    alert: z.string().max(200).optional().describe('Id of the alert that woke somebody.'),
    service: z.string().max(200).optional().describe('The service that shows the trouble.'),
    top: z.number().int().min(1).max(20).default(5).describe('Most causes to name without candidates.'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 2000,
  async run(input, context) {
    const { window, notes } = resolveWindow(input.window, context);
    const onset = input.onset === undefined ? undefined : onsetIn(input.onset, window, context);
    const reply = await rankCauses(
      {
        window,
        baseline: (input.baseline ?? []).map(text => resolveWindow(text, context).window),
        candidates: input.candidates ?? [],
        top: input.top,
        ...(onset === undefined ? {} : { onset }),
        ...(input.alert ? { alert: input.alert } : {}),
        ...(input.service ? { service: input.service } : {}),
      },
      context,
    );
    return { ...reply, notes: [...notes, ...reply.notes] };
  },
});

function onsetIn(text: string, window: TimeWindow, { now, zone }: Context): Millis {
  const { t } = parseInstant(text, { now, zone });
  if (t >= window.start && t < window.end) return t;
  throw new SreError('invalid_argument', `The onset "${text}" lies outside the window ${formatWindow(window)}.`, {
    hint: 'Name an onset inside the window, or widen the window.',
  });
}
