import { BUNDLE, type BundleFile } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { Sanitized } from '../../domain/custody/explained-files.ts';
import { promotionStatement } from '../../domain/custody/promotion-statement.ts';
import {
  openSanitize,
  type SanitizeFacts,
  sanitizeStatement,
} from '../../domain/custody/sanitize-statement.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import type { PublishDeps } from './deps.ts';
import { heldOrRefused, type PermittedBundle } from './permitted-bundle.ts';

export type StatementFile = BundleFile & { readonly bytes: Uint8Array };

export const withoutBytes = ({ bytes: _, ...file }: StatementFile): BundleFile => file;
export const whole = ({ bytes, ...file }: StatementFile) => ({ file, body: async () => bytes });

type Deps = Pick<PublishDeps, 'raw' | 'golden' | 'promotionSigner' | 'keySet'>;

/** Where in golden, and until when nobody may change it there. */
export type Place = { readonly to: string; readonly retainUntil: Date | undefined };

export const lockedUntil = (retainUntil: Date | undefined): { retainUntil?: Date } =>
  retainUntil === undefined ? {} : { retainUntil };

/** As large as a statement about as many files as there may be. */
const MAX_STATEMENT = 64 * 1024 * 1024;

/** What was looked for and what became of it. The first one that was stored counts, as long as it says the same. */
export async function storeSanitize(
  deps: Deps,
  facts: SanitizeFacts,
  { to, retainUntil }: Place,
): Promise<{ readonly file: StatementFile; readonly sanitized: Sanitized }> {
  const statement = sanitizeStatement(facts);
  const sealed = await sealStatement(statement, deps.promotionSigner);
  const file = await storeFirst(deps, { to, retainUntil }, BUNDLE.sanitize, sealed);
  if (file.bytes === sealed) return { file, sanitized: { statement, digest: file.sha256 } };
  const before = heldOrRefused(() => openSanitize(file.bytes, facts, deps.keySet)).statement;
  if (canonicalJson(before.predicate.files) !== canonicalJson(statement.predicate.files))
    throw new CertusError('golden_conflict', 'an earlier attempt let other files of this bundle pass');
  return { file, sanitized: { statement: before, digest: file.sha256 } };
}

export type Promoting = Place & {
  readonly from: string;
  readonly promotedOn: string;
  readonly permitUsedOn: string;
};

/** A signature differs at each attempt: the first statement that was stored is the one that counts. */
export async function storePromotion(
  deps: Deps,
  { evidence, permitId, permitBytes }: PermittedBundle,
  sanitized: Sanitized,
  { from, to, retainUntil, ...times }: Promoting,
): Promise<StatementFile> {
  const statement = promotionStatement({
    bundle: evidence,
    permit: { id: permitId, digest: sha256(permitBytes) },
    sanitized,
    from: `${deps.raw.name}/${from}`,
    to: `${deps.golden.name}/${to}`,
    ...times,
  });
  const sealed = await sealStatement(statement, deps.promotionSigner);
  return storeFirst(deps, { to, retainUntil }, BUNDLE.promotion, sealed);
}

async function storeFirst(
  { golden }: Deps,
  { to, retainUntil }: Place,
  path: string,
  sealed: Uint8Array,
): Promise<StatementFile> {
  const key = `${to}${path}`;
  const { outcome } = await golden.put(key, sealed, {
    contentType: SIGSTORE_BUNDLE_MEDIA_TYPE,
    ifAbsent: true,
    ...lockedUntil(retainUntil),
  });
  return statementFile(path, outcome === 'exists' ? await golden.read(key, MAX_STATEMENT) : sealed);
}

/** What lies beside the evidence: its provenance, the permit and, where a log is pinned, that it stands there. */
export const statementsOf = ({ provenanceBytes, permitBytes, proof }: PermittedBundle): StatementFile[] => [
  statementFile(BUNDLE.provenance, provenanceBytes),
  statementFile(BUNDLE.permit, permitBytes),
  ...(proof === null
    ? []
    : [{ ...fileOf(BUNDLE.permitProof, Buffer.from(proof), 'text/plain'), bytes: Buffer.from(proof) }]),
];

export const indexFile = ({ indexBytes }: PermittedBundle): StatementFile => ({
  ...fileOf(BUNDLE.index, indexBytes, 'application/json'),
  bytes: indexBytes,
});

const statementFile = (path: string, bytes: Uint8Array): StatementFile => ({
  ...fileOf(path, bytes, SIGSTORE_BUNDLE_MEDIA_TYPE),
  bytes,
});

const fileOf = (path: string, bytes: Uint8Array, mediaType: string): BundleFile => ({
  path,
  sha256: sha256(bytes),
  size: bytes.length,
  media_type: mediaType,
});
