import { createPublicKey } from 'node:crypto';
import { BUNDLE } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { PREDICATE } from '../../contracts/statements.ts';
import { imageSignature } from '../../domain/custody/image-signature.ts';
import { type PublicationFacts, publicationStatement } from '../../domain/custody/publication-statement.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import { COSIGN_SIGNATURE, verifyImage } from '../../domain/custody/verify-image.ts';
import { type Attached, attachBundles, attachedBundles } from '../../services/registry/attestations.ts';
import type { StoredManifest } from '../../services/registry/registry.ts';
import type { PublishDeps } from './deps.ts';

type Needed = Pick<PublishDeps, 'registry' | 'promotionSigner' | 'now'>;

export type Publication = {
  /** What is pushed, or is about to be. */
  readonly manifest: StoredManifest;
  readonly facts: Omit<PublicationFacts, 'publishedOn'>;
  /** The bundle's own statements, by their path. */
  readonly statements: ReadonlyMap<string, Uint8Array>;
};

/**
 * Says of the artifact in the registry, under its own digest, which bundle it is and by which permit it is there, so that
 * `cosign verify-attestation` shows it; signs it as images are signed, for `cosign verify`; and lays the statements of the
 * bundle beside it, for whoever reads them without pulling the rest. Doing so again finds what was attached before.
 */
export async function attachPublication(
  { registry, promotionSigner, now }: Needed,
  { manifest, facts, statements }: Publication,
): Promise<void> {
  const { repository } = facts;
  const { digest, mediaType, bytes } = manifest;
  const attached = await attachedBundles(registry, repository, digest);
  const trust = { key: createPublicKey(promotionSigner.publicKeyPem), now: now() };
  const signed: Attached[] = [];
  for (const [predicateType, statement] of [
    [PREDICATE.publication, () => publicationStatement({ ...facts, publishedOn: now().toISOString() })],
    [COSIGN_SIGNATURE, () => imageSignature(repository, digest)],
  ] as const) {
    // a signature differs each time, so that a second one would not be known for the first
    if (verifyImage(attached, { digest, trust, predicateType }).verified.length > 0) continue;
    signed.push({ predicateType, bundle: await sealStatement(statement(), promotionSigner) });
  }
  const own = [...statements].map(([path, bundle]) => ({ predicateType: typeOf(path), bundle }));
  await attachBundles(registry, {
    repository,
    subject: { mediaType, digest, size: bytes.length },
    bundles: [...signed, ...own],
  });
}

const TYPES: Readonly<Record<string, string>> = {
  [BUNDLE.provenance]: PREDICATE.provenance,
  [BUNDLE.permit]: PREDICATE.permit,
  [BUNDLE.sanitize]: PREDICATE.sanitize,
  [BUNDLE.promotion]: PREDICATE.promotion,
};

const typeOf = (path: string): string => {
  const type = TYPES[path];
  if (type === undefined) throw new CertusError('internal_error', `${path} is no statement that is attached`);
  return type;
};
