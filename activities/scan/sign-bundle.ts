import { BUNDLE, ScanDocument } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import { workflowId } from '../../contracts/workflow-names.ts';
import type { BundleReference, ScanRun } from '../../contracts/workflows.ts';
import { parseIndex } from '../../domain/custody/check-evidence.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { provenanceStatement } from '../../domain/custody/provenance-statement.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import type { ScanDeps } from './deps.ts';

const MAX_INDEX = 16 * 1024 * 1024;

/**
 * Signs the provenance of the bundle that was composed, and of no other. Signatures differ from attempt to attempt, so
 * the first one stored is the one that counts.
 */
export async function signBundle(
  { raw, evidenceSigner, version }: Pick<ScanDeps, 'raw' | 'evidenceSigner' | 'version'>,
  input: ScanRun,
  bundle: BundleReference,
): Promise<void> {
  const indexBytes = await raw.read(`${bundle.prefix}${BUNDLE.index}`, MAX_INDEX);
  if (sha256(indexBytes) !== bundle.digest) throw changed(BUNDLE.index);
  const index = parseIndex(indexBytes);
  const scanBytes = await raw.read(`${bundle.prefix}${BUNDLE.scan}`, MAX_INDEX);
  if (sha256(scanBytes) !== index.files.find(({ path }) => path === BUNDLE.scan)?.sha256)
    throw changed(BUNDLE.scan);
  const scan = ScanDocument.parse(JSON.parse(Buffer.from(scanBytes).toString('utf8')));
  const statement = provenanceStatement({
    index,
    bundleDigest: bundle.digest,
    scan,
    workflowId: workflowId('scan', input),
    version,
  });
  const sealed = await sealStatement(statement, await evidenceSigner(input.scope.tenant));
  await raw.put(`${bundle.prefix}${BUNDLE.provenance}`, sealed, {
    contentType: SIGSTORE_BUNDLE_MEDIA_TYPE,
    ifAbsent: true,
  });
}

const changed = (path: string) =>
  new CertusError('digest_mismatch', `${path} is not what was composed: it is not signed`);
