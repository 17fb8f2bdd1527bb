import type { Readable } from 'node:stream';
import { type BundleFile, BundlePath } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Inspection, PrivacyPolicy } from '../../contracts/privacy.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { SanitizedFile } from '../../domain/custody/sanitize-statement.ts';
import type { Bucket, PutOptions } from '../../services/objects/store.ts';
import type { Inspected, Inspector, InspectRequest, MaskedCopy } from '../../services/privacy/inspector.ts';
import type { EvidenceSource, Room } from './evidence-source.ts';
import type { Release } from './released-evidence.ts';

/** A file that was looked into, and what golden is to hold in its place. */
export type LookedInto = {
  readonly file: BundleFile;
  readonly source: EvidenceSource;
  readonly inspection: Inspection;
  /** Undefined when a person is to decide first. */
  readonly goes:
    | { readonly file: BundleFile; readonly body: () => Promise<Uint8Array | Readable> }
    | undefined;
  /** What there is to say of it, when it is not simply as it was. */
  readonly change: SanitizedFile | undefined;
};

export type Looking = {
  readonly inspector: Inspector;
  readonly policy: PrivacyPolicy;
  /** What people have decided about this bundle. */
  readonly release: Release | undefined;
  /** Every path of the index: no masked copy goes by the name of another file. */
  readonly taken: ReadonlySet<string>;
  readonly room: Room;
};

/** Looks into one file of evidence, and says what the policy, or whoever decided, makes of it. */
export async function lookInto(
  looking: Looking,
  file: BundleFile,
  source: EvidenceSource,
): Promise<LookedInto> {
  const { release } = looking;
  const { inspection, masked } = await inspectFile(looking, file, source, { mask: 'action' });
  const looked = { file, source, inspection, change: undefined };
  if (inspection.action === 'pass') return { ...looked, goes: { file, body: source.send } };
  const after = inspection.action === 'mask' ? maskedFile(looking, file, masked) : undefined;
  if (after !== undefined && masked !== undefined)
    return goesMasked(looking, looked, after, masked.bytes, 'action');
  if (release === undefined) return { ...looked, goes: undefined };
  requireShown(release, file);
  if (release.verdict === 'release_masked') return releaseMasked(looking, looked, release);
  const change = { ...changeOf(looked), outcome: 'released' as const, released: [...release.decisions] };
  return { ...looked, change, goes: { file, body: source.send } };
}

export const inspectFile = async (
  { inspector, policy }: Pick<Looking, 'inspector' | 'policy'>,
  { path, size }: BundleFile,
  source: EvidenceSource,
  request: Pick<InspectRequest, 'mask' | 'preview'>,
): Promise<Inspected> =>
  inspector.inspect({ name: path, size, body: await source.look() }, { policy, as: 'evidence', ...request });

/** Written once and never replaced; the store compares the digest while it writes. */
export async function placeFile(
  golden: Bucket,
  key: string,
  { file, body }: NonNullable<LookedInto['goes']>,
  more: Pick<PutOptions, 'metadata' | 'tags' | 'retainUntil'>,
): Promise<void> {
  const { media_type: contentType, sha256: digest, size } = file;
  const options = { ...more, contentType, sha256: digest, size, ifAbsent: true };
  const { info } = await golden.put(key, await body(), options);
  if (info.sha256 !== digest)
    throw new CertusError('golden_conflict', `${file.path} is in golden already with other bytes`);
}

/** What turned up since nobody has decided about: the policy was changed, or what looks knows more than it did. */
function requireShown({ paths }: Release, { path }: BundleFile): void {
  if (!paths.has(path))
    throw new CertusError('privacy_held', `${path} was not among the files that were decided about`);
}

type Looked = Pick<LookedInto, 'file' | 'source' | 'inspection'>;

async function releaseMasked(looking: Looking, looked: Looked, release: Release): Promise<LookedInto> {
  const { file, source } = looked;
  const { masked } = await inspectFile(looking, file, source, { mask: 'all' });
  const after = maskedFile(looking, file, masked);
  if (after === undefined || masked === undefined)
    throw new CertusError('privacy_held', `of ${file.path} no masked copy can be made`);
  const { change, ...goes } = goesMasked(looking, looked, after, masked.bytes, 'all');
  return { ...goes, change: change && { ...change, released: [...release.decisions] } };
}

/** Undefined when none can be made, or there is no room for its name. */
function maskedFile(
  { taken }: Looking,
  { path: original, media_type }: BundleFile,
  masked: MaskedCopy | undefined,
): BundleFile | undefined {
  if (masked === undefined) return undefined;
  const { bytes, mediaType, suffix } = masked;
  const path = `${original}${suffix}`;
  if (!BundlePath.safeParse(path).success || (suffix !== '' && taken.has(path))) return undefined;
  const type = suffix === '' ? media_type : mediaType;
  return { path, sha256: sha256(bytes), size: bytes.length, media_type: type };
}

function goesMasked(
  looking: Looking,
  looked: Looked,
  after: BundleFile,
  bytes: Uint8Array,
  mask: 'action' | 'all',
): LookedInto {
  const { path, sha256: digest, size, media_type } = after;
  const kept = looking.room.take(bytes.length) ? bytes : undefined;
  const again = async (): Promise<Uint8Array> => {
    const { masked } = await inspectFile(looking, looked.file, looked.source, { mask });
    if (masked === undefined) throw new CertusError('internal_error', `${path} could not be masked again`);
    return masked.bytes;
  };
  return {
    ...looked,
    goes: { file: after, body: async () => kept ?? again() },
    change: {
      ...changeOf(looked),
      outcome: 'masked',
      after: { path, digest: { sha256: digest }, size, media_type },
    },
  };
}

const changeOf = ({ file, inspection }: Looked) => ({
  path: file.path,
  before: { sha256: file.sha256 },
  kinds: inspection.kinds,
});
