import { CertusError } from '../../contracts/errors.ts';
import type { IngestionInput } from '../../contracts/ingestion.ts';
import { changeIngestion } from '../../services/database/ingestions.ts';
import type { SourceDeps } from './source-deps.ts';

/** Says on the row of a run what it waits for, as long as it waits: the next page that is taken says that it is over. */
export async function tellingWhatIsWaitedFor<T>(
  { database }: Pick<SourceDeps, 'database'>,
  { scope, ingestionId }: IngestionInput,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CertusError && error.retryable) {
      const { code, message } = error;
      // it may be the database that is away; what is thrown is what is waited for either way
      await changeIngestion(database, scope, ingestionId, { error: { code, message } }).catch(onlyCertus);
    }
    throw error;
  }
}

const onlyCertus = (error: unknown): void => {
  if (!(error instanceof CertusError)) throw error;
};
