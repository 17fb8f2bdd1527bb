import { z } from 'zod';

/** What the supervisor says of itself while it runs: for `certus status` and `certus down`, and for a second supervisor. */
export const SupervisorRecord = z.object({
  pid: z.number().int().positive(),
  started_at: z.iso.datetime(),
  state: z.enum(['starting', 'ready', 'stopping']),
  addresses: z.object({ api: z.url(), docs: z.url(), temporal_ui: z.url().optional() }),
  children: z.array(
    z.object({
      name: z.string(),
      pid: z.number().int().nullable(),
      state: z.string(),
      restarts: z.number().int(),
    }),
  ),
});
export type SupervisorRecord = z.infer<typeof SupervisorRecord>;
