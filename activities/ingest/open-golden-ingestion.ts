import type { IngestionInput } from '../../contracts/ingestion.ts';
import { Reading } from '../../contracts/ingestion.ts';
import { locationOf } from '../../contracts/source-location.ts';
import type { RunIdentity } from '../../contracts/workflows.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { openIngestion } from '../../services/database/ingestions.ts';
import type { SourceDeps } from './source-deps.ts';

/** Puts on record that what golden shows of a run is to be searchable: once, however often it is promoted. Null: it was ingested. */
export async function openGoldenIngestion(
  { database, now }: Pick<SourceDeps, 'database' | 'now'>,
  { scope, testId, component }: Pick<RunIdentity, 'scope' | 'testId' | 'component'>,
): Promise<IngestionInput | null> {
  const ingestionId = `ing_${sha256(`${scope.tenant}/${scope.workspace}/${testId}`).slice(0, 24)}`;
  const config = { kind: 'golden', test_id: testId } as const;
  const { endedAt } = await openIngestion(database, scope, {
    ...{ id: ingestionId, sourceId: null, kind: config.kind, location: locationOf(config) },
    ...{ config, reading: Reading.parse({}), labels: [], component },
    ...{ requestedBy: 'promotion', startedAt: now() },
  });
  return endedAt === null ? { scope, ingestionId, sourceId: null, kind: 'golden', component } : null;
}
