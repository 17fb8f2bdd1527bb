import { BUNDLE, type BundleIndex } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { goldenPrefix, rawPrefix } from '../../contracts/object-keys.ts';
import { PromotionStatement } from '../../contracts/statements.ts';
import { parseIndex } from '../../domain/custody/check-evidence.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { openStatement } from '../../domain/custody/open-statement.ts';
import { readEvidenceStatement } from '../custody/read-evidence.ts';
import type { DeletionDeps, Run } from './deletion-deps.ts';

/** What is left of a copy once its files are gone, wherever it lies. */
export type KeptCopy = {
  readonly index: BundleIndex;
  readonly statements: ReadonlyMap<string, Uint8Array>;
};

/** The list of the files, and what was signed about them. Not the files. */
export const isKept = (path: string): boolean => path === BUNDLE.index || path.startsWith(BUNDLE.statements);

export const STATEMENTS = [
  BUNDLE.provenance,
  BUNDLE.permit,
  BUNDLE.permitProof,
  BUNDLE.sanitize,
  BUNDLE.promotion,
] as const;

type Places = Pick<DeletionDeps, 'golden' | 'archive' | 'quarantine' | 'raw'>;

/** Looked for wherever a copy can have got to. The list counts where it is the one of this bundle, and nowhere else. */
export async function readKept(
  { golden, archive, quarantine, raw }: Places,
  { scope, testId }: Run,
  bundleDigest: string,
): Promise<KeptCopy> {
  const prefix = goldenPrefix(scope, testId);
  const published = [golden, archive, quarantine].map((bucket) => ({ bucket, prefix }));
  const places = [...published, { bucket: raw, prefix: rawPrefix(scope, testId) }];
  const indexBytes = await firstOf(places, BUNDLE.index, (bytes) => sha256(bytes) === bundleDigest);
  if (indexBytes === undefined)
    throw new CertusError('not_found', `there is no bundle ${bundleDigest} of ${testId}`);
  const index = parseIndex(indexBytes);
  if (index.tenant !== scope.tenant || index.workspace_id !== scope.workspace || index.test_id !== testId)
    throw new CertusError('bundle_invalid', 'the bundle belongs to another run');
  const statements = new Map<string, Uint8Array>([[BUNDLE.index, indexBytes]]);
  for (const path of STATEMENTS) {
    const bytes = await firstOf(published, path, ({ length }) => length > 0);
    if (bytes !== undefined) statements.set(path, bytes);
  }
  return { index, statements };
}

type Place = { readonly bucket: DeletionDeps['raw']; readonly prefix: string };

async function firstOf(
  places: readonly Place[],
  path: string,
  fits: (bytes: Uint8Array) => boolean,
): Promise<Uint8Array | undefined> {
  for (const { bucket, prefix } of places) {
    const bytes = await readEvidenceStatement(bucket, `${prefix}${path}`);
    if (fits(bytes)) return bytes;
  }
  return undefined;
}

/** When it was promoted, and what golden held since then: as Transform has signed it, and not as a row says. */
export function promotionOf(
  { scope, testId }: Run,
  { statements }: Pick<KeptCopy, 'statements'>,
  keySet: DeletionDeps['keySet'],
): PromotionStatement {
  try {
    const { statement } = openStatement(statements.get(BUNDLE.promotion) ?? new Uint8Array(), {
      schema: PromotionStatement,
      role: 'promotion',
      tenant: scope.tenant,
      keySet,
      madeAt: ({ predicate }) => predicate.promotedOn,
    });
    const { tenant, workspace, test_id } = statement.predicate;
    if (tenant !== scope.tenant || workspace !== scope.workspace || test_id !== testId)
      throw new CustodyError('wrong_scope', 'the promotion belongs to another run');
    return statement;
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError('golden_drifted', `nothing vouches for the copy, ${error.code}: ${error.message}`, {
      cause: error,
    });
  }
}
