import { z } from 'zod';

/**
 * Names that become path segments, object keys, OCI repositories and index filters.
 * Lower case only: two names that differ by case would share a folder on some file systems,
 * and with it another tenant's evidence.
 */
const name = (what: string) =>
  z
    .string()
    .regex(
      /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
      `${what} is 1 to 63 lower-case letters, digits or "-", and neither starts nor ends with "-"`,
    );

export const TenantId = name('a tenant id');
export const WorkspaceId = name('a workspace id');
export const ComponentId = name('a component id');
export const AssessmentId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/, 'an assessment id is 1 to 128 of A-Z a-z 0-9 . _ : -');

/** A run by which something may come into golden: a scan, or a promotion of documents. */
export const TestId = z
  .string()
  .regex(
    /^(?:test|docs)_[0-9a-f]{12,32}$/,
    'a test id looks like test_0123456789ab, one of documents docs_…',
  );
export const DocumentsId = z.string().regex(/^docs_[0-9a-f]{12,32}$/, 'looks like docs_0123456789ab');
export const PermitId = z.string().regex(/^permit_[0-9a-f]{12,64}$/);
export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'a sha256 digest is 64 lower-case hexadecimal digits');

/** Every row, object, document and workflow belongs to exactly one of these. */
export const Scope = z.object({ tenant: TenantId, workspace: WorkspaceId });
export type Scope = z.infer<typeof Scope>;
