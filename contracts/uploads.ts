import { z } from 'zod';
import { DocumentName, ReceivedDocument } from './documents.ts';
import { Sha256, TenantId, WorkspaceId } from './identifiers.ts';

/** A document that stands in `uploads`. `key` is what a promotion is asked for with. */
export const UploadedDocument = ReceivedDocument.extend({
  bucket: z.string(),
  key: z.string(),
  uploaded_at: z.iso.datetime(),
});
export type UploadedDocument = z.infer<typeof UploadedDocument>;

export const DocumentPage = z.object({
  documents: z.array(UploadedDocument),
  next_cursor: z.string().nullable(),
});
export type DocumentPage = z.infer<typeof DocumentPage>;

export const UploadId = z.string().regex(/^upload_[0-9a-f]{32}$/, 'looks like upload_ and 32 digits');

export const UploadMode = z.enum(['resumable', 'presigned']);
export type UploadMode = z.infer<typeof UploadMode>;

export const UploadSessionState = z.enum(['open', 'committing', 'received', 'failed', 'expired']);
export type UploadSessionState = z.infer<typeof UploadSessionState>;

/** The largest piece, and how many there may be of one document. */
export const PART_BYTES_MAX = 64 * 1024 * 1024;
export const PARTS_MAX = 10_000;

export const UploadSessionRequest = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  /** The whole name, folders and all. */
  name: z.string().min(1).max(1000),
  size: z.number().int().min(0),
  sha256: Sha256,
  mode: UploadMode.default('resumable'),
});
export type UploadSessionRequest = z.infer<typeof UploadSessionRequest>;

export const PresignedUpload = z.object({
  /** Absolute, of the store, and takes no token; or a path of this API, which does. */
  url: z.string(),
  method: z.literal('PUT'),
  /** To be sent as they are. */
  headers: z.record(z.string(), z.string()),
});

export const UploadSessionView = z.object({
  upload_id: UploadId,
  name: DocumentName,
  size: z.number().int(),
  sha256: Sha256,
  mode: UploadMode,
  state: UploadSessionState,
  /** How much has arrived without a gap: where to go on. */
  offset: z.number().int().min(0),
  part_bytes_max: z.number().int(),
  expires_at: z.iso.datetime(),
  /** Where to send the whole of it at once; null for an upload in pieces, and once it has ended. */
  presigned: PresignedUpload.nullable(),
  /** Once it has been received. */
  document: UploadedDocument.nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type UploadSessionView = z.infer<typeof UploadSessionView>;

/** Which upload is to be put together; what was announced of it stands in its row. */
export const ReceiveUploadInput = z.object({
  tenant: TenantId,
  workspace: WorkspaceId,
  uploadId: UploadId,
});
export type ReceiveUploadInput = z.infer<typeof ReceiveUploadInput>;
