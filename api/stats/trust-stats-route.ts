import { z } from 'zod';
import { trustStatistics } from '../../services/database/trust-statistics.ts';
import type { ApiDeps } from '../deps.ts';
import { route } from '../route.ts';

const count = z.number().int().min(0);
const counts = z.record(z.string(), count);

const Stats = z
  .object({
    total_signatures: count.meta({ description: 'Made on request.' }),
    total_transparency_entries: count,
    verification_stats: z.object({
      permitted: count,
      denied: count,
      by_reason: counts.meta({ description: 'Denials by their reason.' }),
    }),
    entries: counts.meta({ description: 'Entries of the log by what they are about.' }),
    signers: z.array(z.string()).meta({ description: 'Keys that have signed, at most a hundred.' }),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: 'TrustStats' });

const example = {
  total_signatures: 7,
  total_transparency_entries: 32,
  verification_stats: { permitted: 12, denied: 2, by_reason: { policy_violation: 2 } },
  entries: { permit: 12, denial: 2, signature: 7, promotion: 11 },
  signers: ['5c'.repeat(16)],
  timestamp: '2026-11-21T09:00:00.000Z',
};

/** How much Trust has decided and signed, as the service before it answered; there `/v1/stats` was not also that of scans. */
export const trustStatsRoute = ({ database }: Pick<ApiDeps, 'database'>) =>
  route({
    method: 'get',
    path: '/v1/trust/stats',
    id: 'getTrustStats',
    summary: 'How much Trust has permitted, denied and signed',
    description: 'Counted in the log when asked, of the tenant that asks.',
    tag: 'transparency',
    auth: 'token',
    answers: { 200: { description: 'As of now.', schema: Stats, example } },
    errors: ['dependency_unavailable'],
    handle: async ({ principal }) => {
      const { entries, denials, signers } = await trustStatistics(database, principal.tenant);
      const { permit = 0, denial = 0, signature = 0 } = entries;
      return {
        status: 200,
        body: {
          total_signatures: signature,
          total_transparency_entries: Object.values(entries).reduce((sum, each) => sum + each, 0),
          verification_stats: { permitted: permit, denied: denial, by_reason: denials },
          entries,
          signers: [...signers],
          timestamp: new Date().toISOString(),
        },
      };
    },
  });
