import { z } from 'zod';
import { AssessmentId, ComponentId, DocumentsId, Scope, Sha256 } from './identifiers.ts';

/**
 * What a document is called inside of its workspace: the path under which it was brought, in Unicode's composed form. It
 * becomes an object key, a file on somebody's disk and a line on their terminal, so that it holds nothing which one of these
 * would bend, and nothing that a person could not see.
 */
export const DocumentName = z
  .string()
  .min(1)
  .max(700)
  .refine((name) => Buffer.byteLength(name) <= 700, 'is longer than 700 bytes')
  .refine((name) => name.isWellFormed() && name.normalize('NFC') === name, 'is not in composed Unicode (NFC)')
  .refine(
    (name) => name.split('/').every((segment) => SEGMENT.test(segment) && !/[. ]$/.test(segment)),
    'each part is letters, digits or common signs, does not end with a dot or a space, and is neither "." nor ".."',
  )
  .refine(
    (name) => name.split('/').every((part) => Buffer.byteLength(part) <= 200),
    'a part is longer than 200 bytes',
  );

const SEGMENT = /^(?!\s)[\p{L}\p{M}\p{N} ._,;()[\]{}+@=&'~!#$%^-]+$/u;

/** Where documents stand inside of a bundle. */
export const DOCUMENTS = 'documents/';

export const MediaType = z.string().regex(/^[\w.+-]+\/[\w.+-]+$/);

/** A document as it was received: named, hashed, and typed by what it holds. */
export const ReceivedDocument = z.strictObject({
  name: DocumentName,
  sha256: Sha256,
  size: z.number().int().min(0),
  media_type: MediaType,
});
export type ReceivedDocument = z.infer<typeof ReceivedDocument>;

export const MAX_DOCUMENTS = 20_000;

/** What is to be promoted together. The order to do so names its digest; it lies in `uploads`. */
export const DocumentList = z.strictObject({
  schema: z.literal('https://certus.dev/document-list/v1'),
  tenant: Scope.shape.tenant,
  workspace_id: Scope.shape.workspace,
  component_id: ComponentId,
  assessment_id: AssessmentId,
  test_id: DocumentsId,
  /** In byte order of their names, none twice. */
  documents: z.array(ReceivedDocument).min(1).max(MAX_DOCUMENTS),
});
export type DocumentList = z.infer<typeof DocumentList>;
