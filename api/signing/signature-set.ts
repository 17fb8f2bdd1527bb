import { X509Certificate } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { MAX_SIGN_REQUEST, type SignatureSet, type SignatureView } from '../../contracts/signing.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { findSignatures, type SignatureRecord } from '../../services/database/signatures.ts';
import type { ApiDeps } from '../deps.ts';

type Deps = Pick<ApiDeps, 'database' | 'objects'>;
export type SigstoreBundle = {
  mediaType: string;
  verificationMaterial: { certificate?: { rawBytes: string } };
  messageSignature?: { signature: string };
  dsseEnvelope?: { payload: string; signatures: { sig: string }[] };
};

/** What was signed under an id, once all of it stands in the log; nothing is shown before. */
export async function findSignatureSet(
  deps: Deps,
  scope: Scope,
  id: string,
): Promise<SignatureSet | undefined> {
  const rows = await findSignatures(deps.database, scope, id);
  const signatures = rows.map(viewOf).filter((view) => view !== undefined);
  if (rows.length === 0 || signatures.length < rows.length) return undefined;
  const bundles: SigstoreBundle[] = [];
  for (const row of rows) bundles.push(await readBundle(deps, row));
  const [first] = bundles;
  const entry = signatures[0]?.transparency_entry ?? null;
  return {
    ...unsigned(id, 'done'),
    entry_id: entry?.uuid ?? null,
    signature: first === undefined ? null : signatureIn(first),
    certificate: first === undefined ? null : certificateIn(first),
    transparency_entry: entry,
    signatures,
    bundles,
  };
}

export const unsigned = (id: string, status: SignatureSet['status'], error?: CertusError): SignatureSet => ({
  signature_id: id,
  status,
  entry_id: null,
  signature: null,
  certificate: null,
  transparency_entry: null,
  signatures: [],
  bundles: [],
  code: error?.code ?? null,
  message: error?.message ?? null,
});

/** `undefined` for what is not logged yet. */
function viewOf(row: SignatureRecord): SignatureView | undefined {
  if (row.logEntryId === null || row.logIndex === null) return undefined;
  return {
    item: row.item,
    kind: row.kind === 'message' ? 'message' : 'statement',
    subjects: [...row.subjects],
    predicate_type: row.predicateType,
    key_id: row.keyId,
    digest: row.digest,
    transparency_entry: {
      uuid: row.logEntryId,
      index: row.logIndex,
      timestamp: row.signedAt.toISOString(),
    },
  };
}

/** The bundle that was logged, and no other that lies in its place by now. */
async function readBundle(
  { objects }: Deps,
  { bundleKey, digest }: SignatureRecord,
): Promise<SigstoreBundle> {
  const bytes = await objects.raw.read(bundleKey, MAX_SIGN_REQUEST * 2);
  if (sha256(bytes) !== digest)
    throw new CertusError('digest_mismatch', 'what is stored is not what was signed and logged');
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
}

export const signatureIn = ({ messageSignature, dsseEnvelope }: SigstoreBundle): string =>
  messageSignature?.signature ?? dsseEnvelope?.signatures[0]?.sig ?? '';

function certificateIn({ verificationMaterial }: SigstoreBundle): string | null {
  const der = verificationMaterial.certificate?.rawBytes;
  return der === undefined ? null : new X509Certificate(Buffer.from(der, 'base64')).toString();
}
