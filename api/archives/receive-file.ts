import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { CertusError } from '../../contracts/errors.ts';
import { HEAD_BYTES } from '../../services/archive/format.ts';
import { onDisk } from '../../services/files/failure.ts';
import { openNamelessFile } from '../../services/files/nameless-file.ts';
import { invalid } from '../problems.ts';
import { letRunOut } from '../request-deadline.ts';
import { type FormShape, fileInForm } from './file-in-form.ts';

export type ReceivedFile = {
  /** What stood beside it in its form. */
  readonly fields: Readonly<Record<string, string>>;
  readonly filename: string;
  readonly size: number;
  readonly sha256: string;
  readonly read: () => Readable;
  /** How it begins. */
  readonly head: (bytes: number) => Promise<Uint8Array>;
};

type Rules = {
  readonly maxBytes: number;
  /** Throws for what is not wanted, by how it begins: nobody has to send the rest. */
  readonly refuse?: (head: Uint8Array) => void;
  /** Throws for a name that will not do, before anything of the file is read; a plain name does when nobody looks. */
  readonly checkName?: (filename: string | undefined) => void;
  /** Of the form that it comes in; with one file and nothing else when nobody says. */
  readonly shape?: FormShape;
};

/** Takes the one file of an upload to the disk, whatever its size, and gives it back when it has been used. */
export async function withReceivedFile<T>(
  request: IncomingMessage,
  { filename, ...rules }: Rules & { readonly filename: string | undefined },
  use: (file: ReceivedFile) => Promise<T>,
): Promise<T> {
  try {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > rules.maxBytes + ENVELOPE) throw tooLarge(rules.maxBytes);
    const handle = await onDisk(RECEIVING, openNamelessFile);
    try {
      const received = isForm(request)
        ? await fileInForm(request, (body, given) => named(given, rules, () => store(handle, body, rules)), {
            wholeName: rules.checkName !== undefined,
            ...(rules.shape === undefined ? {} : { shape: rules.shape }),
          })
        : {
            filename,
            fields: {},
            ...(await named(filename, rules, () => store(handle, alone(request), rules))),
          };
      return await use({
        ...received,
        filename: rules.checkName === undefined ? plainName(received.filename) : (received.filename ?? ''),
        read: () => Readable.from(contents(handle), { objectMode: false }),
        head: (bytes) => onDisk(RECEIVING, () => beginning(handle, bytes)),
      });
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!request.destroyed || request.readableEnded) throw error;
    throw new CertusError('invalid_request', 'the upload ended early', { cause: error });
  } finally {
    if (!request.complete) letRunOut(request);
  }
}

const RECEIVING = 'receive an upload';
/** What a form adds around its file. */
const ENVELOPE = 64 * 1024;

const typeOf = ({ headers }: IncomingMessage): string =>
  (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

const isForm = (request: IncomingMessage): boolean => typeOf(request) === 'multipart/form-data';

function alone(request: IncomingMessage): Readable {
  if (typeOf(request) === 'application/octet-stream') return request;
  throw new CertusError(
    'unsupported_media_type',
    'send the file as multipart/form-data, or alone as application/octet-stream',
  );
}

async function named<T>(
  filename: string | undefined,
  { checkName }: Rules,
  take: () => Promise<T>,
): Promise<T> {
  checkName?.(filename);
  return take();
}

async function store(handle: FileHandle, body: Readable, { maxBytes, refuse }: Rules) {
  const hash = createHash('sha256');
  const head = Buffer.alloc(HEAD_BYTES);
  let size = 0;
  // the stream is not ended with the loop: of the request behind it an answer is still expected
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    const judged = size >= HEAD_BYTES;
    if (!judged) chunk.copy(head, size);
    size += chunk.length;
    if (!judged && size >= HEAD_BYTES) refuse?.(head);
    if (size > maxBytes) throw tooLarge(maxBytes);
    hash.update(chunk);
    await onDisk(RECEIVING, () => handle.writeFile(chunk));
  }
  if (size < HEAD_BYTES) refuse?.(head.subarray(0, size));
  return { size, sha256: hash.digest('hex') };
}

/** A stream of the handle's own would close it when it is destroyed, and a file may have to be read again. */
async function* contents(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const buffer = Buffer.allocUnsafe(CHUNK);
    const { bytesRead } = await handle.read(buffer, 0, CHUNK, position);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

const CHUNK = 256 * 1024;

async function beginning(handle: FileHandle, bytes: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(bytes);
  let filled = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, filled, bytes - filled, filled);
    filled += bytesRead;
    if (bytesRead === 0 || filled === bytes) return buffer.subarray(0, filled);
  }
}

/** It becomes part of a path and is shown to people. */
function plainName(filename: string | undefined): string {
  const name = filename ?? 'archive';
  if (name.isWellFormed() && /^[^/\\\p{Cc}\u2028\u2029]{1,255}$/u.test(name) && !/^\.\.?$/.test(name))
    return name;
  throw invalid([{ path: 'filename', message: 'is not the plain name of a file' }]);
}

const tooLarge = (maxBytes: number): CertusError =>
  new CertusError('payload_too_large', `the file is larger than ${maxBytes} bytes`);
