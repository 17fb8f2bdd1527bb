import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { recordFailedUpload } from '../../services/database/failed-uploads.ts';
import { type KeptDocument, keepDocument } from '../../services/documents/keep-document.ts';
import { MEDIA_HEAD_BYTES, mediaTypeOf } from '../../services/files/media-type.ts';
import { type ReceivedFile, withReceivedFile } from '../archives/receive-file.ts';
import type { ApiDeps } from '../deps.ts';
import { logError } from '../log-error.ts';
import { documentName } from './document-name.ts';

type Deps = Pick<ApiDeps, 'database' | 'objects' | 'settings'>;

type Sent = {
  readonly scope: Scope;
  readonly prefix: string;
  /** Of a file that is sent alone. */
  readonly name: string | undefined;
  readonly sha256: string | undefined;
  readonly by: string;
};

/** Takes one document whole. Its name is looked at before its bytes, and they are stored only if they are what was announced. */
export async function receiveDocument(
  deps: Deps,
  request: IncomingMessage,
  sent: Sent,
  log: Logger,
): Promise<KeptDocument> {
  let name: string | undefined;
  const rules = {
    filename: sent.name,
    maxBytes: deps.settings.CERTUS_UPLOAD_MAX_BYTES,
    checkName: (given: string | undefined) => {
      name = documentName(sent.prefix, given ?? '');
    },
  };
  try {
    return await withReceivedFile(request, rules, (file) => keep(deps, sent, name ?? '', file));
  } catch (error) {
    if (name !== undefined) await tellFailure(deps, sent.scope, name, error, log);
    throw error;
  }
}

async function keep(
  { database, objects }: Deps,
  { scope, sha256: announced, by }: Sent,
  name: string,
  file: ReceivedFile,
): Promise<KeptDocument> {
  const { sha256, size } = file;
  if (announced !== undefined && announced !== sha256) throw checksumMismatch(sha256);
  const media_type = await mediaTypeOf(await file.head(MEDIA_HEAD_BYTES));
  const document = { name, sha256, size, media_type, receivedBy: by, receivedAt: new Date() };
  return keepDocument({ database, uploads: await objects.uploads() }, scope, document, file.read);
}

export const checksumMismatch = (arrived: string): CertusError =>
  new CertusError(
    'checksum_mismatch',
    `the bytes that arrived have the SHA-256 ${arrived}, which was not announced`,
  );

/** The caller is told why the upload failed, also when the account of it cannot be kept. */
async function tellFailure(
  { database }: Deps,
  scope: Scope,
  name: string,
  error: unknown,
  log: Logger,
): Promise<void> {
  const code = error instanceof CertusError ? error.code : 'internal_error';
  try {
    await recordFailedUpload(database, scope, { name, code, at: new Date() });
  } catch (cause) {
    log.warn({ err: logError(cause) }, 'an upload that failed is not counted');
  }
}
