import type { BundleIndex } from '../../contracts/bundle.ts';
import { DOCUMENTS } from '../../contracts/documents.ts';
import { documentFiles } from '../../domain/custody/run-kind.ts';
import type { Database } from '../../services/database/database.ts';
import { documentsOfOthers } from '../../services/database/shared-documents.ts';
import type { Run } from './deletion-deps.ts';

export type ListedDocument = { readonly path: string; readonly name: string; readonly sha256: string };

export const documentsOf = ({ files }: Pick<BundleIndex, 'files'>): ListedDocument[] =>
  documentFiles(files).map(({ path, sha256 }) => ({ path, name: path.slice(DOCUMENTS.length), sha256 }));

/** Paths of those that other runs have as well: what one copy was made of must not go with another one. */
export async function sharedDocuments(
  database: Pick<Database, 'sql'>,
  { scope, testId }: Run,
  index: Pick<BundleIndex, 'files'>,
): Promise<ReadonlySet<string>> {
  const documents = documentsOf(index);
  if (documents.length === 0) return new Set();
  const others = await documentsOfOthers(database, scope, testId, documents);
  const shared = documents.filter(({ name, sha256 }) => others.has(`${sha256} ${name}`));
  return new Set(shared.map(({ path }) => path));
}
