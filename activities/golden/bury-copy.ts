import { BUNDLE } from '../../contracts/bundle.ts';
import type { Burial, DeletionInput } from '../../contracts/deletion.ts';
import { CertusError } from '../../contracts/errors.ts';
import { goldenManifestKey, tombstoneKey } from '../../contracts/object-keys.ts';
import {
  PermitStatement,
  type SanitizeStatement,
  SIGSTORE_BUNDLE_MEDIA_TYPE,
} from '../../contracts/statements.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { publishedFiles } from '../../domain/custody/explained-files.ts';
import { openStatement } from '../../domain/custody/open-statement.ts';
import { openSanitize } from '../../domain/custody/sanitize-statement.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import { openTombstone, tombstoneStatement } from '../../domain/custody/tombstone-statement.ts';
import { listPermits } from '../../services/database/permits.ts';
import { requireDeletionCause } from './deletion-cause.ts';
import type { DeletionDeps } from './deletion-deps.ts';
import { type KeptCopy, readKept } from './kept-copy.ts';
import { MAX_TOMBSTONE } from './opened-tombstone.ts';
import { sharedDocuments } from './shared-documents.ts';

/**
 * Says in signed words that a copy goes, and hides it. The tombstone comes first: from then on nobody publishes the run again,
 * and whoever removes its files goes by that and by no other word.
 */
export async function buryCopy(deps: DeletionDeps, input: DeletionInput): Promise<Burial> {
  const { golden } = deps;
  const { scope, testId, bundleDigest } = input;
  const copy = await readKept(deps, input, bundleDigest);
  const key = tombstoneKey(scope, testId);
  const { deletedOn, reason } = (await standing(deps, input, key)) ?? (await bury(deps, input, copy, key));
  await golden.remove(goldenManifestKey(scope, testId));
  return { component: copy.index.component_id, deletedOn, reason };
}

type Said = { readonly deletedOn: string; readonly reason: string };

/** A signature differs at each attempt: the first tombstone counts, unless it is none of ours. */
async function standing(
  { golden, keySet }: DeletionDeps,
  { scope, testId, bundleDigest }: DeletionInput,
  key: string,
): Promise<Said | undefined> {
  if ((await golden.head(key)) === undefined) return undefined;
  try {
    const bytes = await golden.read(key, MAX_TOMBSTONE);
    return openTombstone(bytes, { ...scope, testId, bundleDigest }, keySet).statement.predicate;
  } catch (error) {
    const altered = error instanceof CertusError && error.code === 'digest_mismatch';
    if (altered || error instanceof CustodyError) return undefined;
    throw error;
  }
}

async function bury(deps: DeletionDeps, input: DeletionInput, copy: KeptCopy, key: string): Promise<Said> {
  const { golden, promotionSigner, now } = deps;
  const { order, reason } = await requireDeletionCause(deps, input, copy);
  const { scope, testId, bundleDigest } = input;
  const statement = tombstoneStatement({
    ...{ ...scope, testId, bundleDigest, order, reason, at: now() },
    permitId: await permitOf(deps, input, copy),
    deleted: await whatGoes(deps, input, copy),
  });
  const sealed = await sealStatement(statement, promotionSigner);
  const options = { contentType: SIGSTORE_BUNDLE_MEDIA_TYPE };
  const { outcome } = await golden.put(key, sealed, { ...options, ifAbsent: true });
  const first = outcome === 'exists' ? await standing(deps, input, key) : undefined;
  if (outcome === 'exists' && first === undefined) await golden.put(key, sealed, options);
  return first ?? statement.predicate;
}

/**
 * What golden held, and what that was made of. A document that other runs have as well is named as this copy held it, and not
 * as it was brought: those bytes stay.
 */
async function whatGoes(deps: DeletionDeps, input: DeletionInput, { index, statements }: KeptCopy) {
  const sanitize = sanitizeOf(deps, input, statements.get(BUNDLE.sanitize));
  const shared = await sharedDocuments(deps.database, input, index);
  return [...publishedFiles(index, sanitize), ...index.files.filter(({ path }) => !shared.has(path))];
}

/** One that does not hold explains nothing: a copy that is not what it was can be deleted all the same. */
function sanitizeOf(
  { keySet }: DeletionDeps,
  { scope, testId, bundleDigest }: DeletionInput,
  bytes: Uint8Array | undefined,
): SanitizeStatement | undefined {
  if (bytes === undefined) return undefined;
  try {
    return openSanitize(bytes, { ...scope, testId, bundleDigest }, keySet).statement;
  } catch (error) {
    if (error instanceof CustodyError) return undefined;
    throw error;
  }
}

/** By its statement, or where that is gone by Trust's table: it is a name here, and opens no door. */
async function permitOf(
  { database, keySet }: DeletionDeps,
  { scope, testId, bundleDigest }: DeletionInput,
  { statements }: KeptCopy,
): Promise<string> {
  try {
    return openStatement(statements.get(BUNDLE.permit) ?? new Uint8Array(), {
      schema: PermitStatement,
      role: 'permit',
      tenant: scope.tenant,
      keySet,
      madeAt: ({ predicate }) => predicate.timeVerified,
    }).statement.predicate.certus_permit.id;
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
  }
  const rows = await listPermits(database, scope, { testId, limit: 100 });
  const given = rows.find((row) => row.permitted && row.bundleDigest === bundleDigest);
  if (given === undefined) throw new CertusError('permit_missing', `no permit of ${testId} is known`);
  return given.id;
}
