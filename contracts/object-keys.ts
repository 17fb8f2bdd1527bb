import type { Scope } from './identifiers.ts';
import type { Environment } from './keys.ts';

/** Where evidence lies. Tenant and workspace come first, so that a bucket policy can tell them apart by prefix. */
const run = ({ tenant, workspace }: Scope, testId: string): string =>
  `${tenant}/${workspace}/${testId.startsWith('docs_') ? 'documents' : 'security-scans'}/${testId}/`;

export const rawPrefix = (scope: Scope, testId: string): string => `${run(scope, testId)}incoming/`;
export const goldenPrefix = (scope: Scope, testId: string): string => `${run(scope, testId)}golden/`;
/** What was uploaded goes by its digest: nobody can name, or replace, what somebody else brought. */
export const archiveKey = ({ tenant, workspace }: Scope, sha256: string): string =>
  `${tenant}/${workspace}/archives/${sha256}`;
export const reportKey = ({ tenant, workspace }: Scope, sha256: string): string =>
  `${tenant}/${workspace}/reports/${sha256}`;
/** What was brought to be searched, and for nothing else. */
export const ingestKey = ({ tenant, workspace }: Scope, sha256: string): string =>
  `${tenant}/${workspace}/ingest/${sha256}`;
export const folderListKey = ({ tenant, workspace }: Scope, sha256: string): string =>
  `${tenant}/${workspace}/folders/${sha256}.json`;
/** Beside the copy, not in it: the copy is what was permitted, this is the note that it is complete. */
export const goldenManifestKey = (scope: Scope, testId: string): string =>
  `${run(scope, testId)}golden-manifest.json`;
/** In golden, where whoever would publish or show the run again finds it, and in quarantine beside what was taken away. */
export const quarantineNoticeKey = (scope: Scope, testId: string): string =>
  `${run(scope, testId)}quarantine.sigstore.json`;
/** What people bring lies under the name that they gave it: nothing is replaced, and nothing loses its folder. */
export const documentsPrefix = ({ tenant, workspace }: Scope): string => `${tenant}/${workspace}/incoming/`;
export const documentKey = (scope: Scope, name: string): string => `${documentsPrefix(scope)}${name}`;
/** What is still on its way, in pieces. Nobody reads it but who puts it together. */
export const uploadPartKey = ({ tenant, workspace }: Scope, uploadId: string, offset: number): string =>
  `${tenant}/${workspace}/parts/${uploadId}/${String(offset).padStart(16, '0')}`;
export const documentListKey = ({ tenant, workspace }: Scope, sha256: string): string =>
  `${tenant}/${workspace}/lists/${sha256}.json`;
/** What is held back for a review, in quarantine: the thing itself, and beside it a masked copy when one can be made. */
export const heldKey = (scope: Scope, reviewId: string, name: string): string =>
  `${heldPrefix(scope)}${reviewId}/${name}`;
export const heldPrefix = ({ tenant, workspace }: Scope): string => `${tenant}/${workspace}/held/`;
/** Transform's own word on why evidence is held back, and since when. */
export const holdStatementKey = (scope: Scope, testId: string): string =>
  `${run(scope, testId)}hold.sigstore.json`;
/** In golden, where the files were: that they were deleted, by whose order. */
export const tombstoneKey = (scope: Scope, testId: string): string =>
  `${run(scope, testId)}tombstone.sigstore.json`;
export const privacyReportKey = ({ tenant, workspace }: Scope, id: string): string =>
  `${tenant}/${workspace}/privacy-reports/${id}.json`;
/** A sealed private key: whoever reads it needs the key-encryption key as well. */
export const sealedKeyKey = (tenant: string, environment: Environment, keyId: string): string =>
  `${tenant}/${environment}/${keyId}.sealed.json`;
/** The key that was made for an order: made once, however often that is tried. */
export const orderedKeyKey = (tenant: string, orderId: string): string =>
  `${tenant}/ordered/${orderId}.sealed.json`;
/** What was signed on request lies in raw beside the scans. */
export const signaturesPrefix = ({ tenant, workspace }: Scope, id: string): string =>
  `${tenant}/${workspace}/signatures/${id}/`;
export const signRequestKey = ({ tenant, workspace }: Scope, sha256: string): string =>
  `${tenant}/${workspace}/sign-requests/${sha256}`;
