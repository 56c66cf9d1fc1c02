import { z } from 'zod';
import { compareWindows } from '../investigation/compare-windows.ts';
import { defineTool, READ_ONLY } from '../model/tool.ts';
import { limitArgument, resolveWindow, servicesArgument, windowArgument } from './arguments.ts';

export const compareWindowsTool = defineTool({
  name: 'compare_windows',
  title: 'What is different from normal',
  description:
    'Compares a window with known good time: log templates that are new, gone, more or less frequent than expected at equal exposure, metrics that shifted (in robust sigmas), span operations that became slower or fail. Most surprising first, each with evidence. Use it to see what changed without knowing where to look.',
  input: z.strictObject({
    window: windowArgument,
    baseline: z
      .string()
      .max(200)
      .optional()
      .describe('Known good time, `START/END`. Default: as much time right before the window as there is, at most 12 times its length.'),
    services: servicesArgument,
    signals: z
      .array(z.enum(['logs', 'metrics', 'traces']))
      .max(3)
      .optional()
      .describe('Only these. Default: all.'),
    limit: limitArgument(1000, 100, 'differences per signal'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 2000,
  async run(input, context) {
    const { window, notes } = resolveWindow(input.window, context);
    const baseline = input.baseline === undefined ? undefined : resolveWindow(input.baseline, context).window;
    const reply = await compareWindows(
      {
        window,
        ...(baseline ? { baseline } : {}),
        ...(input.services ? { services: input.services } : {}),
        signals: input.signals ?? ['logs', 'metrics', 'traces'],
        limit: input.limit,
      },
      context,
    );
    return { ...reply, notes: [...notes, ...reply.notes] };
  },
});
