import type { Readable } from 'node:stream';
import type { BundleFile } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import { heldOrRefused } from './permitted-bundle.ts';

/** Larger files are streamed; for small ones a stream costs more than the file. */
const IN_MEMORY = 8 * 1024 * 1024;

/** A file of a permitted bundle: whichever way it is read, it is the one that was permitted, or an error. */
export type EvidenceSource = {
  /** For whoever looks into it, who may want to begin anew. */
  readonly look: () => Promise<Uint8Array | (() => Promise<Readable>)>;
  /** For a store that holds it to its digest while it writes. */
  readonly send: () => Promise<Uint8Array | Readable>;
};

/** What all small files together may take while a bundle is looked into: the rest is read again. */
export class Room {
  #left = 64 * 1024 * 1024;

  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

export function evidenceSource(
  bucket: ReadableBucket,
  key: string,
  file: BundleFile,
  { room, known }: { readonly room: Room; readonly known?: Uint8Array | undefined },
): EvidenceSource {
  if (file.size > IN_MEMORY) {
    const open = () => openHeld(bucket, key, file);
    return { look: async () => open, send: open };
  }
  let kept = known !== undefined && sha256(known) === file.sha256 ? known : undefined;
  const read = async (): Promise<Uint8Array> => {
    if (kept !== undefined) return kept;
    const bytes = await readHeld(bucket, key, file);
    if (room.take(bytes.length)) kept = bytes;
    return bytes;
  };
  return { look: read, send: read };
}

async function readHeld(bucket: ReadableBucket, key: string, file: BundleFile): Promise<Uint8Array> {
  const bytes = await bucket.read(key, IN_MEMORY).catch((error: unknown) => {
    if (error instanceof CertusError && error.code === 'digest_mismatch') throw exchanged(file);
    throw error;
  });
  if (sha256(bytes) !== file.sha256) throw exchanged(file);
  return bytes;
}

/** Only its head may be looked at: what the store has on record of the whole must be right before that. */
async function openHeld(bucket: ReadableBucket, key: string, file: BundleFile): Promise<Readable> {
  const { info, body } = await bucket.open(key);
  if (info.sha256 === file.sha256 && info.size === file.size) return body;
  body.destroy();
  throw exchanged(file);
}

/** Between the check of the bundle and the reading of the file. */
const exchanged = ({ path }: BundleFile): unknown => {
  try {
    return heldOrRefused(() => {
      throw new CustodyError('hash_mismatch', `${path} is not the file that was signed`);
    });
  } catch (error) {
    return error;
  }
};
