import { BUNDLE, type BundleIndex } from '../../contracts/bundle.ts';
import type { FactSigner, PermitFacts } from '../../contracts/permission.ts';
import { PREDICATE } from '../../contracts/statements.ts';
import type { CheckedEvidence } from '../custody/check-evidence.ts';
import type { AttachedStatement } from './attached-statement.ts';

/** Documents of a bundle that count as the statement of their kind: the provenance vouches for their bytes. */
const DOCUMENTS = {
  [BUNDLE.cyclonedx]: 'https://cyclonedx.org/bom',
  [BUNDLE.spdx]: 'https://spdx.dev/Document',
} as const;

type Signed = Pick<PermitFacts, 'signers' | 'statements'>;

/** Who has signed what about a bundle: its evidence first, then what others attached. */
export function statementFacts(
  evidence: CheckedEvidence | undefined,
  attached: readonly AttachedStatement[],
): Signed {
  return {
    signers: [...(evidence === undefined ? [] : [evidenceSigner(evidence)]), ...attached.map(signerOf)],
    statements: [
      ...(evidence === undefined ? [] : ownStatements(evidence)),
      ...attached.map(({ digest, predicateType, keyId }) => ({
        digest,
        predicate_type: predicateType,
        key_id: keyId,
        from: 'attached' as const,
      })),
    ],
  };
}

const evidenceSigner = ({ key }: CheckedEvidence): FactSigner => ({
  key_id: key.id,
  environment: key.environment ?? 'production',
  as: 'evidence',
});

const signerOf = ({ keyId, environment, predicateType }: AttachedStatement): FactSigner => ({
  key_id: keyId,
  environment,
  as: predicateType === PREDICATE.endorsement ? 'endorsement' : 'statement',
});

function ownStatements({ index, provenanceDigest, key }: CheckedEvidence): Signed['statements'] {
  return [
    { digest: provenanceDigest, predicate_type: PREDICATE.provenance, key_id: key.id, from: 'provenance' },
    ...documentsOf(index).map(([type, digest]) => ({
      digest,
      predicate_type: type,
      key_id: key.id,
      from: 'file' as const,
    })),
  ];
}

const documentsOf = (index: BundleIndex): [string, string][] =>
  Object.entries(DOCUMENTS).flatMap(([path, type]) =>
    index.files.filter((file) => file.path === path).map((file): [string, string] => [type, file.sha256]),
  );
