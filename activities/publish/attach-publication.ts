import { createPublicKey } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import { PREDICATE } from '../../contracts/statements.ts';
import { type PublicationFacts, publicationStatement } from '../../domain/custody/publication-statement.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import { verifyImage } from '../../domain/custody/verify-image.ts';
import { attachAttestation, attachedBundles } from '../../services/registry/attestations.ts';
import type { PublishDeps } from './deps.ts';

type Needed = Pick<PublishDeps, 'registry' | 'promotionSigner' | 'now'>;

/**
 * Says of the artifact in the registry, under its own digest, which bundle it is and by which permit it is there, so that
 * `cosign verify-attestation` shows it. Pushing again finds what was attached before.
 */
export async function attachPublication(
  { registry, promotionSigner, now }: Needed,
  facts: Omit<PublicationFacts, 'publishedOn'>,
): Promise<void> {
  const { repository, manifestDigest } = facts;
  const digest = `sha256:${manifestDigest}`;
  const [manifest, attached] = await Promise.all([
    registry.pullManifest(repository, digest),
    attachedBundles(registry, repository, digest),
  ]);
  if (manifest === undefined)
    throw new CertusError('dependency_unavailable', 'the registry does not show yet what was pushed');
  const { verified } = verifyImage(attached, {
    digest,
    trust: { key: createPublicKey(promotionSigner.publicKeyPem), now: now() },
    predicateType: PREDICATE.publication,
  });
  if (verified.length > 0) return;
  const statement = publicationStatement({ ...facts, publishedOn: now().toISOString() });
  await attachAttestation(registry, {
    repository,
    subject: { mediaType: manifest.mediaType, digest, size: manifest.bytes.length },
    predicateType: PREDICATE.publication,
    bundle: await sealStatement(statement, promotionSigner),
  });
}
