import { z } from 'zod';
import { ComponentId, WorkspaceId } from './identifiers.ts';

/** What clients of code hosts send compressed; beyond this a report is none for a person either. */
export const MAX_UPLOAD_BASE64 = 20 * 1024 * 1024;

/** As code hosts call their repositories; the API makes a component of the two. */
export const Owner = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'is not the name of an owner');
export const Repository = z
  .string()
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/, 'is not the name of a repository');

/** A SARIF log as pipelines upload it to a code host; what we have no use for is accepted and left alone. */
export const SarifUploadRequest = z.object({
  commit_sha: z.string().regex(/^[0-9a-fA-F]{40}$/, 'a commit is 40 hexadecimal digits'),
  ref: z
    .string()
    .max(255)
    .regex(/^refs\/(heads|tags|pull)\/[^\s\p{Cc}~^:?*[\\]+$/u, 'looks like refs/heads/main'),
  sarif: z
    .string()
    .min(1)
    .max(MAX_UPLOAD_BASE64)
    .meta({ description: 'The SARIF file, compressed by gzip and encoded as Base64.' }),
  checkout_uri: z.string().max(2048).optional(),
  started_at: z.string().max(64).optional(),
  tool_name: z.string().max(256).optional(),
  validate: z.boolean().optional(),
});
export type SarifUploadRequest = z.infer<typeof SarifUploadRequest>;

/** Where it goes when the names of owner and repository are not enough. */
export const SarifUploadParameters = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  component_id: ComponentId.optional(),
  profile: z.string().min(1).max(64).default('light'),
});

export const SarifUploadAccepted = z.object({ id: z.string(), url: z.string() });

export const SarifUploadStatus = z.object({
  processing_status: z.enum(['pending', 'complete', 'failed']),
  /** The findings, once there are any. */
  analyses_url: z.string().nullable(),
  errors: z.array(z.string()).nullable(),
});
