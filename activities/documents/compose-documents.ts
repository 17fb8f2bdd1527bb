import { BUNDLE } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { Intake } from '../../contracts/intake.ts';
import { rawPrefix } from '../../contracts/object-keys.ts';
import type { PromotionInput } from '../../contracts/promotion.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import { promotionWorkflowId } from '../../contracts/workflow-names.ts';
import type { BundleReference, RunIdentity } from '../../contracts/workflows.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import { intakeBytes, intakeDocument, intakeIndex } from '../../domain/documents/intake-document.ts';
import { intakeProvenance } from '../../domain/documents/intake-provenance.ts';
import { findAllReceived } from '../../services/database/received-documents.ts';
import type { DocumentsDeps } from './deps.ts';
import { type ToPromote, toPromote } from './to-promote.ts';

/** What is asked of Trust: the bundle, and the one file of it that lies beside the index. */
export type ComposedDocuments = {
  readonly bundle: BundleReference;
  readonly intake: { readonly sha256: string; readonly size: number };
  readonly documents: number;
  readonly bytes: number;
};

/** Everybody who verifies a bundle reads its statements whole, and takes no more than twice this. */
const MAX_INDEX = 8 * 1024 * 1024;

/**
 * Makes a bundle of documents that an order names: the list of them, who brought them, and the tenant's signature on both.
 * Everything is written once, so that a second attempt finds what the first one said.
 */
export async function composeDocuments(
  deps: DocumentsDeps,
  input: PromotionInput,
): Promise<ComposedDocuments> {
  const asked = await toPromote(deps, input);
  const run = runOf(input);
  const prefix = rawPrefix(input.scope, input.testId);
  const { intake, bytes } = await storeIntake(deps, prefix, await describe(deps, run, asked));
  const sealed = intakeIndex(run, intake, bytes);
  if (sealed.bytes.length > MAX_INDEX)
    throw new CertusError('object_too_large', 'the list of the documents is too long: promote fewer at once');
  await putOnce(deps, `${prefix}${BUNDLE.index}`, sealed.bytes);
  const statement = intakeProvenance({
    sealed,
    intake,
    workflowId: promotionWorkflowId(input.scope.workspace, input.testId),
    version: deps.version,
    finishedOn: deps.now().toISOString(),
  });
  // signatures differ from attempt to attempt: the first one stored is the one that counts
  const signer = await deps.evidenceSigner(input.scope.tenant);
  await deps.raw.put(`${prefix}${BUNDLE.provenance}`, await sealStatement(statement, signer), {
    contentType: SIGSTORE_BUNDLE_MEDIA_TYPE,
    ifAbsent: true,
  });
  return {
    bundle: { prefix, digest: sealed.digest },
    intake: { sha256: sha256(bytes), size: bytes.length },
    documents: intake.documents.length,
    bytes: intake.documents.reduce((sum, { size }) => sum + size, 0),
  };
}

const runOf = ({ scope, component, assessment, testId }: PromotionInput): RunIdentity => ({
  scope,
  component,
  assessment,
  testId,
});

async function describe({ database }: DocumentsDeps, run: RunIdentity, asked: ToPromote): Promise<Intake> {
  const names = asked.documents.map(({ name }) => name);
  const received = await findAllReceived(database, run.scope, names);
  const brought = received.map(
    ({ name, receivedBy, receivedAt }) =>
      [name, { received_by: receivedBy, received_at: receivedAt.toISOString() }] as const,
  );
  return intakeDocument({ run, ...asked, brought: new Map(brought) });
}

type Stored = { readonly intake: Intake; readonly bytes: Uint8Array };

/** Who brought a document is known from rows only, which may be gone by the second attempt: what was said first stays. */
async function storeIntake({ raw }: DocumentsDeps, prefix: string, intake: Intake): Promise<Stored> {
  const key = `${prefix}${BUNDLE.intake}`;
  const bytes = intakeBytes(intake);
  const { outcome } = await raw.put(key, bytes, {
    contentType: 'application/json',
    sha256: sha256(bytes),
    ifAbsent: true,
  });
  if (outcome !== 'exists') return { intake, bytes };
  const before = await raw.read(key, 4 * MAX_INDEX);
  const said = Intake.parse(JSON.parse(Buffer.from(before).toString('utf8')));
  if (canonicalJson(withoutBringers(said)) !== canonicalJson(withoutBringers(intake)))
    throw new CertusError('digest_mismatch', `${BUNDLE.intake} of this run speaks of other documents`);
  return { intake: said, bytes: before };
}

const withoutBringers = ({ documents, ...rest }: Intake) => ({
  ...rest,
  documents: documents.map(({ name, sha256: digest, size, media_type }) => [name, digest, size, media_type]),
});

async function putOnce({ raw }: DocumentsDeps, key: string, bytes: Uint8Array): Promise<void> {
  const digest = sha256(bytes);
  const options = { contentType: 'application/json', sha256: digest, ifAbsent: true };
  const { info } = await raw.put(key, bytes, options);
  if (info.sha256 !== digest)
    throw new CertusError('digest_mismatch', `${key} stands there with other bytes`);
}
