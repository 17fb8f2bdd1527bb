import { CertusError } from '../../contracts/errors.ts';
import type { SchemaMapping } from '../../contracts/ingestion.ts';
import { mappingFaults } from '../../domain/ingest/security/mapping-faults.ts';

/** Before anything is stored: a broken path would otherwise be found when the first item fails by it. */
export function requireMapping(mapping: SchemaMapping, place: string): void {
  const fields = mappingFaults(mapping).map(({ path, message }) => ({ path: `${place}.${path}`, message }));
  const [first] = fields;
  if (first !== undefined)
    throw new CertusError('invalid_request', `${first.path}: ${first.message}`, { fields });
}
