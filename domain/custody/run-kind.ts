import { BUNDLE, type BundleFile, type BundleIndex } from '../../contracts/bundle.ts';
import { DOCUMENTS } from '../../contracts/documents.ts';
import { INTAKE_TYPE } from '../../contracts/intake.ts';
import type { ProvenanceStatement } from '../../contracts/statements.ts';
import { CustodyError } from './custody-error.ts';

/** By its id, which the index, the provenance and the permit all name. */
export const isDocumentsRun = (testId: string): boolean => testId.startsWith('docs_');

/**
 * Of documents Trust asks less than of a scan: no gate, no tools, and not their bytes. So a bundle is what its id says and
 * nothing in between: one that holds both would have half of its files looked at by nobody.
 */
export function requireOwnKind({ test_id, files }: BundleIndex): void {
  const documents = documentFiles(files);
  if (!isDocumentsRun(test_id)) {
    if (documents.length > 0) throw new CustodyError('wrong_scope', 'a scan holds no documents');
    return;
  }
  const others = files.filter(({ path }) => !isDocument(path)).map(({ path }) => path);
  if (documents.length === 0 || others.length !== 1 || others[0] !== BUNDLE.intake)
    throw new CustodyError('wrong_scope', `documents come with ${BUNDLE.intake} and nothing else`);
}

/** The same of what was signed: nobody's word about a scan counts for documents, and the other way round. */
export function requireOwnBuild(index: BundleIndex, { predicate }: ProvenanceStatement): void {
  if ((predicate.buildDefinition.buildType === INTAKE_TYPE) !== isDocumentsRun(index.test_id))
    throw new CustodyError('wrong_scope', 'the provenance is of another kind than the run');
}

export const documentFiles = (files: readonly BundleFile[]): BundleFile[] =>
  files.filter(({ path }) => isDocument(path));

const isDocument = (path: string): boolean => path.startsWith(DOCUMENTS);
