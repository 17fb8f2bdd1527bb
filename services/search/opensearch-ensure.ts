import { type Client, errors } from '@opensearch-project/opensearch';
import { CertusError } from '../../contracts/errors.ts';
import { answered } from './opensearch-errors.ts';
import { type Form, formsOf, makeForm, servingOf } from './opensearch-forms.ts';
import { indexDefinition, MAPPING_VERSION } from './opensearch-mapping.ts';

/** Creates index and alias in one request, so that of several processes one creates both and the others find both. */
export async function ensureIndex(client: Client, alias: string, dimension: number): Promise<void> {
  const serving = servingOf(await formsOf(client, alias)) ?? (await created(client, alias, dimension));
  await answered(client.cluster.health({ index: serving.name, wait_for_status: 'yellow', timeout: '30s' }));
  refuseOtherDimension(serving, dimension);
  if (serving.version < MAPPING_VERSION) await extend(client, serving, dimension);
}

async function created(client: Client, alias: string, dimension: number): Promise<Form> {
  await makeForm(client, { alias, dimension, generation: 1 });
  const serving = servingOf(await formsOf(client, alias));
  if (serving !== undefined) return serving;
  // Pointing it there by ourselves could bring back what was removed since.
  throw new CertusError(
    'internal_error',
    `No index is called ${alias}, though there is one that was made for it.`,
  );
}

/** Vectors of two models cannot be compared; mixing them would answer nonsense rather than fail. */
function refuseOtherDimension({ name, dimension: found }: Form, dimension: number): void {
  if (found === dimension) return;
  throw new CertusError(
    'internal_error',
    `The index ${name} takes vectors of ${found} values, not ${dimension}: reindex, which leaves them out, and ingest anew.`,
  );
}

/** Until it is reindexed an index of an earlier form takes what is new as well, where that only adds to it. */
async function extend(client: Client, { name }: Form, dimension: number): Promise<void> {
  const { properties } = indexDefinition(dimension).mappings ?? {};
  try {
    await answered(client.indices.putMapping({ index: name, body: { properties: properties ?? {} } }));
  } catch (error) {
    if (!(error instanceof errors.ResponseError) || error.statusCode !== 400) throw error;
    throw new CertusError('dependency_unavailable', `The index ${name} has to be reindexed first.`, {
      cause: error,
    });
  }
}
