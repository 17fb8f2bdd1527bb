import pMap from 'p-map';
import { BUNDLE, BundleIndex } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import { documentKey, rawPrefix } from '../../contracts/object-keys.ts';
import type { PrivacyScanInput, PrivacyScanResult } from '../../contracts/privacy.ts';
import type { ReviewInput } from '../../contracts/review.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { replaceResults } from '../../services/database/privacy-scans.ts';
import { listReceived, type ReceivedRecord } from '../../services/database/received-documents.ts';
import { findScan } from '../../services/database/scans.ts';
import { type PolicyInForce, policyInForce } from '../../services/privacy/policy-in-force.ts';
import type { PublishDeps } from '../publish/deps.ts';
import { heldBefore, holdDocument } from './hold-document.ts';
import { type FileAt, isTampered, lookInto, resultOf } from './look-into.ts';

export type PrivacyScanDeps = Pick<
  PublishDeps,
  'database' | 'uploads' | 'raw' | 'quarantine' | 'inspector' | 'keySet' | 'now'
>;

/** Where a scan goes on: behind which name, and as which of all that it looks at. */
export type ScanPlace = { readonly after: string; readonly ordinal: number };

export type InspectedPage = {
  /** Null behind the last page. */
  readonly next: ScanPlace | null;
  /** To be started, also where they may have been before. */
  readonly reviews: readonly ReviewInput[];
};

const FILES = 100;
const BYTES = 1024 ** 3;
const SIDE_BY_SIDE = 4;

/** Looks into the next files. What an attempt before has noted of them is noted anew. */
export async function inspectPage(
  deps: PrivacyScanDeps,
  input: PrivacyScanInput,
  place: ScanPlace,
  policyDigest: string,
  signal: AbortSignal,
): Promise<InspectedPage> {
  const inForce = await policyInForce(deps, input);
  if (inForce.digest !== policyDigest)
    throw new CertusError('privacy_policy_invalid', 'another policy was set during the scan: scan again');
  const page = await (input.testId === null
    ? pageOfDocuments(deps, input, place)
    : pageOfBundle(deps, input, input.testId, place));
  const looked = await pMap(
    page.files,
    (file) => {
      signal.throwIfAborted();
      return file.document === undefined || input.dryRun
        ? reported(deps, file, inForce)
        : reportedAndHeld(deps, input, file, file.document, inForce);
    },
    { concurrency: SIDE_BY_SIDE },
  );
  const results = looked.map(({ result }) => result);
  await replaceResults(deps.database, input, input.id, { from: place.ordinal, limit: FILES }, results);
  const last = page.files.at(-1);
  return {
    next: page.more && last ? { after: last.name, ordinal: place.ordinal + page.files.length } : null,
    reviews: looked.flatMap(({ review }) => review ?? []),
  };
}

type File = FileAt & { readonly document?: ReceivedRecord };
type Page = { readonly files: readonly File[]; readonly more: boolean };
type Looked = { readonly result: PrivacyScanResult; readonly review?: ReviewInput | undefined };

async function reported(
  { inspector }: PrivacyScanDeps,
  file: File,
  { policy }: PolicyInForce,
): Promise<Looked> {
  const as = file.document === undefined ? 'evidence' : 'documents';
  const { inspection } = await lookInto(inspector, file, { policy, as });
  return { result: resultOf(file, inspection, null) };
}

/** Looked into once more only where a person has to see it: few documents are, and a masked copy of all kinds takes time. */
async function reportedAndHeld(
  deps: PrivacyScanDeps,
  { tenant, workspace }: PrivacyScanInput,
  file: FileAt,
  { name, sha256: digest, size, media_type }: ReceivedRecord,
  { policy }: PolicyInForce,
): Promise<Looked> {
  const scope = { tenant, workspace };
  const request = { policy, as: 'documents' } as const;
  const { inspection } = await lookInto(deps.inspector, file, request);
  // bytes that were never received cannot be held in the name of those that were
  if (inspection.action !== 'quarantine' || isTampered(inspection))
    return { result: resultOf(file, inspection, null) };
  const document = { name, sha256: digest, size, media_type };
  const before = await heldBefore(deps, scope, document);
  if (before !== undefined)
    return { result: resultOf(file, inspection, before.reviewId), review: before.review };
  const inspected = await lookInto(deps.inspector, file, { ...request, mask: 'all', preview: true });
  if (isTampered(inspected.inspection)) return { result: resultOf(file, inspected.inspection, null) };
  const held = await holdDocument(deps, {
    scope,
    ...ON_ITS_OWN,
    document,
    inspected,
    original: { bucket: file.bucket, key: file.key },
    rules: policy.review,
  });
  return { result: resultOf(file, inspection, held.reviewId), review: held.review };
}

/** What is found before anybody has promoted it goes, once it is released, where promotions go that name nothing else. */
const ON_ITS_OWN = { component: 'documents', assessment: 'documents', testId: null };

async function pageOfDocuments(
  { database, uploads }: PrivacyScanDeps,
  { tenant, workspace, prefix }: PrivacyScanInput,
  { after }: ScanPlace,
): Promise<Page> {
  const scope = { tenant, workspace };
  const asked = { prefix: prefix ?? '', after, limit: FILES + 1 };
  const found = await listReceived(database, scope, asked);
  const files = upToBytes(found.slice(0, FILES)).map((document) => ({
    bucket: uploads,
    key: documentKey(scope, document.name),
    name: document.name,
    sha256: document.sha256,
    size: document.size,
    document,
  }));
  return { files, more: found.length > files.length };
}

/** A page is what is done again after a crash: at least one file, and else no more bytes than that is worth. */
function upToBytes(documents: readonly ReceivedRecord[]): readonly ReceivedRecord[] {
  let bytes = 0;
  const end = documents.findIndex(({ size }, at) => {
    bytes += size;
    return at > 0 && bytes > BYTES;
  });
  return end === -1 ? documents : documents.slice(0, end);
}

const MAX_INDEX = 16 * 1024 * 1024;

async function pageOfBundle(
  { database, raw }: PrivacyScanDeps,
  { tenant, workspace }: PrivacyScanInput,
  testId: string,
  { ordinal }: ScanPlace,
): Promise<Page> {
  const scope = { tenant, workspace };
  const scan = await findScan(database, scope, testId);
  if (scan === undefined) throw new CertusError('not_found', 'there is no such scan in this workspace');
  if (scan.bundleDigest === null) throw new CertusError('scan_not_finished', 'this scan has no evidence yet');
  const prefix = rawPrefix(scope, testId);
  const bytes = await raw.read(`${prefix}${BUNDLE.index}`, MAX_INDEX);
  const index = BundleIndex.safeParse(jsonOf(bytes));
  // whoever can write to raw could list other files; the row says which list the run has made
  if (!index.success || sha256(bytes) !== scan.bundleDigest)
    throw new CertusError('bundle_invalid', `${BUNDLE.index} is not the one that the run has made`);
  const { files } = index.data;
  const page = files.slice(ordinal, ordinal + FILES).map(({ path, sha256: digest, size }) => ({
    bucket: raw,
    key: `${prefix}${path}`,
    name: path,
    sha256: digest,
    size,
  }));
  return { files: page, more: files.length > ordinal + page.length };
}
