import { CertusError } from '../../contracts/errors.ts';
import { rawPrefix } from '../../contracts/object-keys.ts';
import type { LookedAt, SignArtifactInput } from '../../contracts/signing.ts';
import { requireBelievedWhen } from '../../domain/custody/believed-when.ts';
import {
  type ActualFiles,
  type CheckedEvidence,
  checkEvidence,
} from '../../domain/custody/check-evidence.ts';
import { isDocumentsRun } from '../../domain/custody/run-kind.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import {
  actualContent,
  signedContent,
  verificationStatement,
} from '../../domain/custody/verification-statement.ts';
import { tenantKeys } from '../../services/keys/tenant-keys.ts';
import { readRunEvidence } from '../custody/read-documents-evidence.ts';
import type { TrustDeps } from '../trust/deps.ts';
import { heldOrRefused } from './held-or-refused.ts';

type Needed = Pick<TrustDeps, 'database' | 'raw' | 'keySet' | 'permitSigner' | 'version' | 'now'>;

/**
 * Verifies a scan's bundle from its bytes and signs that it did, as text for whoever stores it. What the caller says of
 * it must be so, and counts for nothing else; whatever is not so, nothing is signed.
 */
export async function signVerification(
  deps: Needed,
  input: SignArtifactInput,
  elsewhere: readonly LookedAt[],
): Promise<string> {
  const { scope, testId } = input;
  const read = await readRunEvidence(deps.raw, { testId, prefix: rawPrefix(scope, testId) });
  if (read.indexBytes.length === 0)
    throw new CertusError('not_found', 'there is no bundle of such a scan in this workspace');
  const keySet = await tenantKeys(deps.database, deps.keySet, scope.tenant);
  const verifiedAt = deps.now();
  const evidence = heldOrRefused(() => {
    const checked = checkEvidence({ ...read, keySet });
    requireBelievedWhen(checked.key, verifiedAt.toISOString());
    return checked;
  });
  requireAsked(evidence, input, read.provenanceBytes);
  requireSeen(testId, elsewhere);
  const locations = [...here(input, read.files), ...elsewhere];
  requireSameEverywhere(evidence, locations);
  const statement = verificationStatement({
    evidence,
    locations,
    version: deps.version,
    verifiedAt,
  });
  return Buffer.from(await sealStatement(statement, deps.permitSigner)).toString('utf8');
}

/** Raw is a place too where the caller names it. */
const here = ({ raw }: SignArtifactInput, files: ActualFiles): LookedAt[] =>
  raw === null ? [] : [{ place: 'raw', uri: raw, content: actualContent(files) }];

function requireAsked(
  { index, key }: CheckedEvidence,
  input: SignArtifactInput,
  provenance: Uint8Array,
): void {
  const { tenant, workspace } = input.scope;
  if (index.tenant !== tenant || index.workspace_id !== workspace || index.test_id !== input.testId)
    throw new CertusError('bundle_invalid', 'not signed: the bundle that lies there is of another run');
  if (input.signer !== null && input.signer !== key.id)
    throw new CertusError('untrusted_signer', `not signed: the evidence was signed by ${key.id}`);
  if (input.signature !== null && input.signature !== signatureIn(provenance))
    throw new CertusError('signature_invalid', 'not signed: the inner signature is another one');
  const paths = new Set(index.files.map(({ path }) => path));
  const unknown = input.paths.find((path) => !paths.has(path));
  if (unknown !== undefined)
    throw new CertusError(
      'statement_invalid',
      `not signed: the bundle has no file ${JSON.stringify(unknown.slice(0, 200))}`,
    );
}

/** Of a statement that has been opened: its shape is known. */
const signatureIn = (provenance: Uint8Array): unknown =>
  JSON.parse(Buffer.from(provenance).toString('utf8')).dsseEnvelope.signatures[0].sig;

/** Raw has of documents their list alone: it takes somebody who has hashed them. */
function requireSeen(testId: string, elsewhere: readonly LookedAt[]): void {
  if (isDocumentsRun(testId) && elsewhere.length === 0)
    throw new CertusError('object_not_found', 'not signed: nobody has looked at these documents');
}

function requireSameEverywhere(evidence: CheckedEvidence, locations: readonly LookedAt[]): void {
  const content = signedContent(evidence);
  const other = locations.find((location) => location.content !== content);
  if (other !== undefined)
    throw new CertusError(
      'digest_mismatch',
      `not signed: ${other.place} holds other evidence than was signed`,
    );
}
