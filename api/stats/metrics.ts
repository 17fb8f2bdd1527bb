import { Gauge, Registry } from 'prom-client';
import type { TransformStatistics } from '../../services/database/transform-statistics.ts';

/** The same numbers in the text format of Prometheus. They are counted in the database, so that every process tells the same. */
export async function metricsOf(
  statistics: TransformStatistics,
  uptimeSeconds: number,
): Promise<{ text: string; contentType: string }> {
  const register = new Registry();
  const gauge = (name: string, help: string, values: Readonly<Record<string, number>>, label?: string) => {
    const metric = new Gauge({
      name,
      help,
      registers: [register],
      labelNames: label === undefined ? [] : [label],
    });
    for (const [state, value] of Object.entries(values))
      metric.set(label === undefined ? {} : { [label]: state }, value);
  };
  gauge(
    'certus_uploads',
    'Documents that were brought, and uploads that failed.',
    statistics.uploads,
    'outcome',
  );
  gauge('certus_privacy_scans', 'Privacy scans that were asked for.', { all: statistics.privacyScans });
  gauge('certus_reviews', 'What was held back, by where its review stands.', statistics.reviews, 'state');
  gauge('certus_promotions', 'Promotions from raw to golden.', statistics.promotions, 'state');
  gauge('certus_golden_copies', 'Golden copies by their retention class.', statistics.goldenCopies, 'class');
  gauge('certus_api_uptime_seconds', 'How long this process has been serving.', { all: uptimeSeconds });
  return { text: await register.metrics(), contentType: register.contentType };
}
