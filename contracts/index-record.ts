import { z } from 'zod';
import { Sha256 } from './identifiers.ts';

/** What the index tells apart. */
export const RecordKind = z.enum(['finding', 'package', 'scan_report', 'sbom_report', 'document']);
export type RecordKind = z.infer<typeof RecordKind>;

/** Who may find a record that has labels: whoever has one of them. A record without is everybody's of its workspace. */
export const AccessLabel = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9._:-]{0,61}[a-z0-9])?$/, 'a label is 1 to 63 of a-z 0-9 . _ : -');

/** As the earlier contract has it (version 1.0), and what its readers ignore. */
export const MetadataEnvelope = z.object({
  version: z.literal('1.0'),
  workspace_id: z.string(),
  ingestion_id: z.string(),
  /** Made of what the item holds: the same bytes are the same document. */
  document_id: Sha256,
  source: z.string(),
  source_location: z.string(),
  /** Of the text of this chunk, as it is indexed. */
  content_hash: Sha256,
  captured_at: z.iso.datetime(),
  extra: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  tenant: z.string(),
  access_labels: z.array(AccessLabel),
  language: z.string().nullable(),
  /** Names and versions of what looked for personal data and secrets before it was indexed. */
  sanitizer: z.string(),
  /** Of what golden shows: the digest of the object, and the permit by which it came there. */
  golden: z.object({ sha256: Sha256, permit_id: z.string() }).nullable(),
});
export type MetadataEnvelope = z.infer<typeof MetadataEnvelope>;
