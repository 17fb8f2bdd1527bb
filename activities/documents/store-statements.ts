import { BUNDLE } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { type SanitizeStatement, SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import { checkPermit } from '../../domain/custody/check-permit.ts';
import { checkPromotion } from '../../domain/custody/check-promotion.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { Sanitized } from '../../domain/custody/explained-files.ts';
import { permitUsedAt, promotionStatement } from '../../domain/custody/promotion-statement.ts';
import {
  openSanitize,
  type SanitizeFacts,
  sanitizeStatement,
} from '../../domain/custody/sanitize-statement.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import type { PublishDeps } from '../publish/deps.ts';
import { lockedUntil, type Place } from '../publish/golden-statements.ts';
import { heldOrRefused, type PermittedBundle } from '../publish/permitted-bundle.ts';

/** As large as a statement about as many documents as there may be. */
const MAX_STATEMENT = 64 * 1024 * 1024;

type Deps = Pick<PublishDeps, 'raw' | 'golden' | 'promotionSigner' | 'keySet'>;

/** A signature differs at each attempt: the first statement that was stored counts, if it is ours and says the same. */
async function storeOnce(
  { golden, promotionSigner }: Deps,
  key: string,
  statement: object,
  retainUntil: Date | undefined,
): Promise<Uint8Array> {
  const sealed = await sealStatement(statement, promotionSigner);
  const options = { contentType: SIGSTORE_BUNDLE_MEDIA_TYPE, ifAbsent: true, ...lockedUntil(retainUntil) };
  const { outcome } = await golden.put(key, sealed, options);
  return outcome === 'exists' ? golden.read(key, MAX_STATEMENT) : sealed;
}

export async function storeSanitize(
  deps: Deps,
  { to, retainUntil }: Place,
  facts: SanitizeFacts,
): Promise<Sanitized & { readonly bytes: Uint8Array }> {
  const wanted = sanitizeStatement(facts);
  const bytes = await storeOnce(deps, `${to}${BUNDLE.sanitize}`, wanted, retainUntil);
  const { statement } = heldOrRefused(() => openSanitize(bytes, facts, deps.keySet));
  if (canonicalJson(said(statement)) !== canonicalJson(said(wanted)))
    throw new CertusError(
      'golden_conflict',
      `${BUNDLE.sanitize} is in golden already and says something else`,
    );
  return { statement, digest: sha256(bytes), bytes };
}

/** Everything but when. */
const said = ({ predicate: { inspectedOn: _, ...rest } }: SanitizeStatement) => rest;

type Where = Place & { readonly from: string; readonly usedAt: Date };

export async function storePromotion(
  deps: Deps,
  { evidence, permitId, permitBytes }: PermittedBundle,
  sanitized: Sanitized,
  { from, to, retainUntil, usedAt }: Where,
): Promise<{ readonly bytes: Uint8Array; readonly promotedOn: string }> {
  const { raw, golden, keySet } = deps;
  const permit = { id: permitId, digest: sha256(permitBytes) };
  const bytes = await storeOnce(
    deps,
    `${to}${BUNDLE.promotion}`,
    promotionStatement({
      bundle: evidence,
      permit,
      sanitized,
      from: `${raw.name}/${from}`,
      to: `${golden.name}/${to}`,
      promotedOn: usedAt.toISOString(),
    }),
    retainUntil,
  );
  return heldOrRefused(() => {
    const opened = checkPromotion({ promotionBytes: bytes, bundle: evidence, permit, sanitized, keySet });
    const { predicate } = opened.statement;
    // of an earlier attempt: the permit must have been good then
    checkPermit({
      permitBytes,
      bundle: evidence,
      keySet,
      destination: 'golden',
      usedAt: permitUsedAt(predicate),
    });
    return { bytes, promotedOn: predicate.promotedOn };
  });
}
