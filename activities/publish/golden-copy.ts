import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import pMap from 'p-map';
import { BUNDLE, type BundleFile } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { ActualFiles } from '../../domain/custody/check-evidence.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import { HEAD_BYTES } from '../../services/registry/layer-type.ts';
import { readGoldenManifest } from '../custody/read-golden-manifest.ts';

export type GoldenFile = {
  readonly path: string;
  /** As golden's manifest has it, which nobody signed. */
  readonly mediaType: string;
  /** Of what lies there in truth. */
  readonly sha256: string;
  readonly size: number;
  readonly head: Uint8Array;
  /** Left out where it is too large to be kept. */
  readonly bytes?: Uint8Array;
  readonly open: () => Promise<Readable>;
};

export type GoldenCopy = { readonly permitId: string; readonly files: readonly GoldenFile[] };

/** Larger files are hashed as they stream by, and opened again when they are needed. */
const IN_MEMORY = 8 * 1024 * 1024;
/** What all those together may take that are kept. */
const MOST_IN_MEMORY = 64 * 1024 * 1024;
const MAX_STATEMENT = 16 * 1024 * 1024;

/** What golden holds of a run, hashed anew. */
export async function readGoldenCopy(golden: ReadableBucket, manifestKey: string): Promise<GoldenCopy> {
  const { prefix, permit_id, files } = await readGoldenManifest(golden, manifestKey);
  const ours = files.filter(isOurs);
  const kept = keptInMemory(ours);
  const read = async (file: BundleFile): Promise<GoldenFile> => {
    const { path, media_type: mediaType } = file;
    const key = `${prefix}${path}`;
    const open = async () => (await golden.open(key)).body;
    if (!kept.has(file)) return { path, mediaType, ...(await describe(open)), open };
    const bytes = await golden.read(key, isDocument(path) ? MAX_STATEMENT : IN_MEMORY);
    const head = bytes.subarray(0, HEAD_BYTES);
    return { path, mediaType, sha256: sha256(bytes), size: bytes.length, head, bytes, open };
  };
  return { permitId: permit_id, files: await pMap(ours, read, { concurrency: 8 }) };
}

export const STATEMENTS: readonly string[] = [
  BUNDLE.provenance,
  BUNDLE.permit,
  BUNDLE.sanitize,
  BUNDLE.promotion,
];

/** Every file of evidence answers to a signature; of statements only those that we know leave the house. */
const isOurs = ({ path }: BundleFile): boolean =>
  !path.startsWith(BUNDLE.statements) || STATEMENTS.includes(path) || path === BUNDLE.permitProof;

/** What is read and not only hashed: the index, and what was signed. */
const isDocument = (path: string): boolean => path === BUNDLE.index || path.startsWith(BUNDLE.statements);

/** Chosen by the sizes that the manifest tells: one that lies is caught by the limit of the reading. */
function keptInMemory(files: readonly BundleFile[]): ReadonlySet<BundleFile> {
  let total = 0;
  const kept = files.filter(({ path, size }) => {
    if (isDocument(path)) return true;
    if (size > IN_MEMORY || total + size > MOST_IN_MEMORY) return false;
    total += size;
    return true;
  });
  return new Set(kept);
}

async function describe(open: () => Promise<Readable>) {
  const hash = createHash('sha256');
  let size = 0;
  let head: Uint8Array = new Uint8Array();
  for await (const chunk of await open()) {
    const bytes = chunk as Buffer;
    hash.update(bytes);
    size += bytes.length;
    if (head.length < HEAD_BYTES) head = Buffer.concat([head, bytes.subarray(0, HEAD_BYTES - head.length)]);
  }
  return { sha256: hash.digest('hex'), size, head };
}

/** A file that is missing opens as an empty one: it holds nothing, and is refused as such. */
export const bytesOf = ({ files }: GoldenCopy, path: string): Uint8Array =>
  files.find((file) => file.path === path)?.bytes ?? new Uint8Array();

/** Evidence as it lies there, to be held to what was signed. */
export const evidenceIn = ({ files }: GoldenCopy): ActualFiles =>
  new Map(files.filter(({ path }) => !path.startsWith(BUNDLE.statements)).map((file) => [file.path, file]));

export const altered = (what: string, how: string): CertusError =>
  new CertusError('digest_mismatch', `not pushed: ${what} in golden ${how}`);
