import { type Client, errors } from '@opensearch-project/opensearch';
import { CertusError } from '../../contracts/errors.ts';
import { answered } from './opensearch-errors.ts';
import { indexDefinition, MAPPING_VERSION } from './opensearch-mapping.ts';

/** Creates index and alias in one request, so that of several processes one creates both and the others find both. */
export async function ensureIndex(client: Client, alias: string, dimension: number): Promise<void> {
  const index = `${alias}-v${MAPPING_VERSION}`;
  const { body: exists } = await answered(client.indices.exists({ index }));
  if (!exists) await create(client, index, alias, dimension);
  await answered(client.cluster.health({ index, wait_for_status: 'yellow', timeout: '30s' }));
  await refuseOtherDimension(client, index, dimension);
}

async function create(client: Client, index: string, alias: string, dimension: number): Promise<void> {
  const body = { ...indexDefinition(dimension), aliases: { [alias]: { is_write_index: true } } };
  try {
    await answered(client.indices.create({ index, body }));
  } catch (error) {
    if (!(error instanceof errors.ResponseError)) throw error;
    if (!error.message.includes('resource_already_exists_exception')) throw error;
  }
}

/** Vectors of two models cannot be compared; mixing them would answer nonsense rather than fail. */
async function refuseOtherDimension(client: Client, index: string, dimension: number): Promise<void> {
  const { body } = await answered(client.indices.getMapping({ index }));
  const found = body[index]?.mappings._meta?.dimension;
  if (found !== dimension) {
    throw new CertusError(
      'internal_error',
      `The index ${index} takes vectors of ${found} values, not ${dimension}: index anew under another alias.`,
    );
  }
}
