import { BUNDLE, type BundleIndex } from '../../contracts/bundle.ts';
import { Sha256 } from '../../contracts/identifiers.ts';
import type { KnownDigest } from '../../contracts/provenance.ts';
import type { PromotionStatement, ProvenanceStatement } from '../../contracts/statements.ts';

type Predicate = ProvenanceStatement['predicate'];

export type Digested = {
  readonly index: BundleIndex;
  readonly bundleDigest: string;
  readonly provenanceDigest: string;
  /** What it says about what was looked at; null when nobody trusted has said it. */
  readonly provenance: Predicate | null;
};

const MAX_NAME = 600;

/** Everything by which somebody may come to ask for a run: its bundle, each file, the statements, what was looked at. */
export function digestsOf({ index, bundleDigest, provenanceDigest, provenance }: Digested): KnownDigest[] {
  return [
    { sha256: bundleDigest, kind: 'bundle', name: BUNDLE.index },
    ...index.files.map(({ path, sha256 }) => ({ sha256, kind: 'file' as const, name: path })),
    { sha256: provenanceDigest, kind: 'statement', name: BUNDLE.provenance },
    ...(provenance ? materials(provenance) : []),
  ];
}

/** What others find in golden: masked copies and the statements of Trust and Transform have digests that no bundle names. */
export const digestsInGolden = (
  { subject }: Pick<PromotionStatement, 'subject'>,
  promotionDigest: string,
): KnownDigest[] => [
  ...subject.map(({ name, digest: { sha256 } }) => ({ sha256, kind: kindIn(name), name })),
  { sha256: promotionDigest, kind: 'statement', name: BUNDLE.promotion },
];

const STATEMENTS: ReadonlySet<string> = new Set([BUNDLE.provenance, BUNDLE.permit, BUNDLE.sanitize]);

const kindIn = (name: string): KnownDigest['kind'] => {
  if (name === BUNDLE.index) return 'bundle';
  return STATEMENTS.has(name) ? 'statement' : 'file';
};

type Material = Predicate['buildDefinition']['resolvedDependencies'][number];

const materials = ({ buildDefinition }: Predicate): KnownDigest[] =>
  buildDefinition.resolvedDependencies.flatMap(materialDigests);

/** A commit is no sha256; the content hash beside it is. */
function materialDigests({ name, digest, annotations }: Material): KnownDigest[] {
  const kind = name === 'manifest' ? 'manifest' : 'source';
  const named: readonly [string, unknown][] = [
    [name, digest?.sha256],
    [`${name}/contentHash`, annotations?.contentHash],
    [`${name}/originDigest`, annotations?.originDigest],
  ];
  return named.flatMap(([label, value]) => {
    const sha256 = typeof value === 'string' ? value.replace(/^sha256:/, '') : '';
    return Sha256.safeParse(sha256).success ? [{ sha256, kind, name: label.slice(0, MAX_NAME) }] : [];
  });
}
