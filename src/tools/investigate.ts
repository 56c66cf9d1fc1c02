import { z } from 'zod';
import { investigate } from '../investigation/investigate.ts';
import { defineTool, READ_ONLY } from '../model/tool.ts';
import { resolveWindow, windowArgument } from './arguments.ts';

export const investigateTool = defineTool({
  name: 'investigate',
  title: 'Find the root cause',
  description:
    'One call for "what broke, and why": looks at all sources side by side and answers with ranked causes with evidence for and against, the causal chain, impact, timeline, what was not looked at, and what to check next. "Not enough evidence" and "no incident" are answers. Use it first in an incident; then verify with the query tools.',
  input: z.strictObject({
    window: windowArgument.describe(
      'The time under suspicion: `START/END`, `around T ± 30m`, `last 1h`. Include some minutes before the trouble. Default: last 1h.',
    ),
    baseline: z.array(z.string().max(200)).max(10).optional().describe('Known good windows `START/END`. Default: chosen and said.'),
    alert: z.string().max(200).optional().describe('Id of the alert that woke somebody.'),
    service: z.string().max(200).optional().describe('The service that shows the trouble, if known.'),
    top: z.number().int().min(1).max(20).default(5).describe('Most causes to name.'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 2500,
  async run(input, context) {
    const { window, notes } = resolveWindow(input.window, context);
    const baseline = (input.baseline ?? []).map(text => resolveWindow(text, context).window);
    const reply = await investigate(
      {
        window,
        baseline,
        top: input.top,
        ...(input.alert ? { alert: input.alert } : {}),
        ...(input.service ? { service: input.service } : {}),
      },
      context,
    );
    return { ...reply, notes: [...notes, ...reply.notes] };
  },
});
