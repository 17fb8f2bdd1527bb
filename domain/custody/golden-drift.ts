import { BUNDLE, type BundleFile, type BundleIndex, GoldenManifest } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import type { KeySet } from '../../contracts/keys.ts';
import { goldenPrefix } from '../../contracts/object-keys.ts';
import { PromotionStatement, SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import { CustodyError } from './custody-error.ts';
import { publishedFiles } from './explained-files.ts';
import { type GoldenChain, type GoldenContent, type GoldenRun, openGoldenChain } from './golden-chain.ts';
import { openStatement } from './open-statement.ts';

/** In what a copy is not as it was promoted. */
export type Drift = { readonly code: string; readonly path: string; readonly message: string };

export type Judged = {
  readonly drift: readonly Drift[];
  /** By the signed word of who promoted it, when that still holds. */
  readonly promoted: { readonly permitId: string; readonly bundleDigest: string } | undefined;
};

export const MANIFEST = 'golden-manifest.json';

/**
 * Holds a copy to what was signed when it was promoted: each object to the promotion's subjects, the manifest to what
 * follows from the statements. The manifest itself nobody signed, and what the store says of an object anybody can write.
 */
export function goldenDrift(run: GoldenRun, content: GoldenContent, keySet: KeySet): Judged {
  const promotion = attempt(BUNDLE.promotion, () => openPromotion(run, content, keySet));
  const manifest = content.deleted === undefined ? readManifest(content.manifestBytes) : NO_MANIFEST;
  const files = fileFaults(content, promotion.value, manifest.value);
  const chain = attempt(BUNDLE.index, (at) => openGoldenChain(run, content, keySet, at));
  const altered =
    chain.value === undefined || manifest.value === undefined
      ? []
      : manifestFaults(manifest.value, expectedManifest(run, content, chain.value));
  // what a chain breaks at are most often files that are told of already
  const broken = files.length > 0 && chain.faults.every(({ code }) => OF_FILES.has(code)) ? [] : chain.faults;
  const drift = [...files, ...promotion.faults, ...broken, ...manifest.faults, ...altered];
  return { drift: withoutTwins(drift), promoted: promotion.value && promotedBy(promotion.value) };
}

const NO_MANIFEST: Attempted<GoldenManifest> = { value: undefined, faults: [] };

const OF_FILES: ReadonlySet<string> = new Set(['missing_file', 'hash_mismatch', 'unlisted_file']);

function openPromotion(
  { scope, testId }: GoldenRun,
  { bytes }: GoldenContent,
  keySet: KeySet,
): PromotionStatement {
  const { statement } = openStatement(bytes.get(BUNDLE.promotion) ?? new Uint8Array(), {
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
}

const promotedBy = ({ predicate }: PromotionStatement) => ({
  permitId: predicate.permit.id,
  bundleDigest: predicate.bundle.digest.sha256,
});

/** The two that the promotion cannot name: itself, and the log's word, which is held to the permit. */
const UNNAMED: readonly string[] = [BUNDLE.promotion, BUNDLE.permitProof];

/** Without a promotion that holds, the manifest is all there is to compare with. */
function fileFaults(
  { files, deleted }: GoldenContent,
  promotion: PromotionStatement | undefined,
  manifest: GoldenManifest | undefined,
): Drift[] {
  const listed = new Map(manifest?.files.map(({ path, sha256 }) => [path as string, sha256]));
  const signed = promotion?.subject.map(({ name, digest }) => [name, digest.sha256] as const);
  const excused = new Set(deleted?.subject.map(({ name, digest }) => `${digest.sha256} ${name}`));
  const beside = deleted === undefined ? UNNAMED : [...UNNAMED, BUNDLE.tombstone];
  const unnamed = beside.flatMap((path) => {
    const digest = listed.get(path) ?? files.get(path)?.sha256;
    return digest === undefined ? [] : [[path, digest] as const];
  });
  const expected = signed === undefined ? listed : new Map([...signed, ...unnamed]);
  const faults: Drift[] = [];
  for (const [path, digest] of expected) {
    const actual = files.get(path);
    if (actual === undefined) {
      if (!excused.has(`${digest} ${path}`))
        faults.push(fault('missing_file', path, 'was promoted and is not there'));
    } else if (actual.sha256 !== digest)
      faults.push(fault('hash_mismatch', path, 'is not what was promoted'));
  }
  if (signed === undefined && manifest === undefined) return faults;
  for (const path of files.keys())
    if (!expected.has(path)) faults.push(fault('unlisted_file', path, 'is there and was never promoted'));
  return faults;
}

function readManifest(bytes: Uint8Array): Attempted<GoldenManifest> {
  const content = jsonOf(bytes);
  const { data } = GoldenManifest.safeParse(content);
  if (data === undefined)
    return { value: undefined, faults: [fault('malformed', MANIFEST, 'is not a golden manifest')] };
  const same = Buffer.from(`${canonicalJson(content)}\n`).equals(bytes);
  return {
    value: data,
    faults: same ? [] : [fault('manifest_altered', MANIFEST, 'is not as it was written')],
  };
}

function expectedManifest(
  { scope, testId }: GoldenRun,
  { files }: GoldenContent,
  { index, bundleDigest, permit, promotion, sanitized }: GoldenChain,
): GoldenManifest {
  const { id, bypass } = permit.statement.predicate.certus_permit;
  const there = (path: string, media_type: string): BundleFile[] => {
    const file = files.get(path);
    return file === undefined ? [] : [{ path, sha256: file.sha256, size: file.size, media_type }];
  };
  const statements = [BUNDLE.provenance, BUNDLE.permit, BUNDLE.sanitize, BUNDLE.promotion];
  return {
    schema: 'https://certus.dev/golden/v1',
    tenant: scope.tenant,
    workspace_id: scope.workspace,
    component_id: index.component_id,
    test_id: testId,
    permit_id: id,
    bundle_digest: bundleDigest,
    prefix: goldenPrefix(scope, testId),
    files: [
      ...there(BUNDLE.index, 'application/json'),
      ...publishedFiles(index, sanitized?.statement),
      ...statements.flatMap((path) => there(path, SIGSTORE_BUNDLE_MEDIA_TYPE)),
      ...there(BUNDLE.permitProof, 'text/plain'),
    ],
    promoted_at: promotion.statement.predicate.promotedOn,
    ...(bypass === undefined
      ? {}
      : { bypass: { order_id: bypass.order_id, by: bypass.by, reason: bypass.reason, until: bypass.until } }),
  };
}

function manifestFaults(actual: GoldenManifest, expected: GoldenManifest): Drift[] {
  const [a, b] = [actual, expected].map((manifest) => ({ ...manifest, files: byPath(manifest.files) })) as [
    GoldenManifest,
    GoldenManifest,
  ];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])] as (keyof GoldenManifest)[];
  return names
    .filter((name) => canonicalJson({ it: a[name] }) !== canonicalJson({ it: b[name] }))
    .map((name) => fault('manifest_altered', MANIFEST, `"${name}" is not as it was promoted`));
}

const byPath = (files: BundleIndex['files']): BundleIndex['files'] =>
  [...files].sort((a, b) => (a.path < b.path ? -1 : 1));

type Attempted<T> = { readonly value: T | undefined; readonly faults: readonly Drift[] };

/** What does not hold is told together with what it was found at. */
function attempt<T>(first: string, check: (at: (path: string) => void) => T): Attempted<T> {
  let path = first;
  try {
    const value = check((next) => {
      path = next;
    });
    return { value, faults: [] };
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    return { value: undefined, faults: [fault(error.code, path, error.message)] };
  }
}

const fault = (code: string, path: string, message: string): Drift => ({ code, path, message });

const withoutTwins = (drift: readonly Drift[]): Drift[] => [
  ...new Map(drift.map((each) => [`${each.code} ${each.path} ${each.message}`, each])).values(),
];
