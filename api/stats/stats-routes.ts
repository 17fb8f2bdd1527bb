import { z } from 'zod';
import { transformStatistics } from '../../services/database/transform-statistics.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { trustStatsRoute } from './trust-stats-route.ts';

const count = z.number().int().min(0);

const Stats = z
  .object({
    total_uploads: count,
    successful_uploads: count,
    failed_uploads: count,
    privacy_scans: count,
    artifacts_quarantined: count.meta({
      description: 'Everything that was ever held back, released or not.',
    }),
    promotion_stats: z.object({ successful: count, failed: count }),
    uptime_seconds: z.number().min(0).meta({ description: 'Of the process that answers.' }),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: 'TransformStats' });

const example = {
  total_uploads: 12,
  successful_uploads: 11,
  failed_uploads: 1,
  privacy_scans: 3,
  artifacts_quarantined: 2,
  promotion_stats: { successful: 9, failed: 0 },
  uptime_seconds: 86_400,
  timestamp: '2026-11-21T09:00:00.000Z',
};

const METRICS = `# HELP certus_privacy_scans Privacy scans that were asked for.
# TYPE certus_privacy_scans gauge
certus_privacy_scans 3
`;

/** How much there is of everything that Trust and Transform do, for people and for machines. */
export function statsRoutes({ database }: Pick<ApiDeps, 'database'>): Route[] {
  return [
    trustStatsRoute({ database }),
    route({
      method: 'get',
      path: '/health/stats',
      id: 'getTransformStats',
      summary: 'How much was uploaded, looked into, held back and promoted',
      description: 'Counted when asked, of the tenant that asks.',
      tag: 'health',
      auth: 'token',
      answers: { 200: { description: 'As of now.', schema: Stats, example } },
      errors: ['dependency_unavailable'],
      handle: async ({ principal }) => {
        const { uploads, privacyScans, reviews, promotions } = await transformStatistics(
          database,
          principal.tenant,
        );
        const { promoted = 0, failed = 0, denied = 0 } = promotions;
        return {
          status: 200,
          body: {
            total_uploads: uploads.received + uploads.failed,
            successful_uploads: uploads.received,
            failed_uploads: uploads.failed,
            privacy_scans: privacyScans,
            artifacts_quarantined: Object.values(reviews).reduce((sum, held) => sum + held, 0),
            promotion_stats: { successful: promoted, failed: failed + denied },
            uptime_seconds: Math.floor(process.uptime()),
            timestamp: new Date().toISOString(),
          },
        };
      },
    }),
    route({
      method: 'get',
      path: '/metrics',
      id: 'getMetrics',
      summary: 'The same for Prometheus, of the whole installation',
      tag: 'health',
      auth: 'token',
      role: 'admin',
      answers: {
        200: {
          description: 'Text format of Prometheus.',
          schema: z.string().meta({ id: 'Metrics' }),
          contentType: 'text/plain',
          example: METRICS,
        },
      },
      errors: ['dependency_unavailable'],
      handle: async () => {
        const { metricsOf } = await import('./metrics.ts');
        const { text, contentType } = await metricsOf(
          await transformStatistics(database, undefined),
          Math.floor(process.uptime()),
        );
        return { status: 200, body: text, contentType };
      },
    }),
  ];
}
