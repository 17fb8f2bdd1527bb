import { z } from 'zod';
import { UploadedArchive } from '../../contracts/archive.ts';
import { CertusError } from '../../contracts/errors.ts';
import { WorkspaceId } from '../../contracts/identifiers.ts';
import { archiveKey } from '../../contracts/object-keys.ts';
import { archiveFormat } from '../../services/archive/format.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid } from '../problems.ts';
import { type Route, route } from '../route.ts';
import { AtOnce } from './at-once.ts';
import { withReceivedFile } from './receive-file.ts';

export function archiveRoutes(deps: Pick<ApiDeps, 'objects' | 'settings'>): Route[] {
  return [upload(deps)];
}

/** With the largest archives, a disk of sixteen gigabytes. */
const MOST_AT_ONCE = 8;

const upload = ({ objects, settings }: Pick<ApiDeps, 'objects' | 'settings'>) => {
  const receiving = new AtOnce(MOST_AT_ONCE);
  return route({
    method: 'post',
    path: '/v1/security-scans/upload-archive',
    id: 'uploadArchive',
    summary: 'Upload an archive to scan',
    description:
      'tar, tar.gz, tar.bz2, tar.xz, tar.zst or zip, told by content and not by name. It is unpacked by a scan of ' +
      "source_type 'archive' that asks for the `archive_path` of the answer, in the same workspace.",
    tag: 'scans',
    auth: 'token',
    query: z.strictObject({
      workspace_id: WorkspaceId.default('default'),
      filename: z
        .string()
        .max(255)
        .optional()
        .meta({ description: 'Name of a file that is sent alone; a form has it.' }),
    }),
    upload: { field: 'file', description: 'The archive.' },
    answers: {
      201: {
        description: 'Stored under its digest; sent again it is the same.',
        schema: UploadedArchive.meta({ id: 'UploadedArchive' }),
        example: {
          archive_path: `archives/${'5f'.repeat(32)}/payments.tar.gz`,
          archive_hash: '5f'.repeat(32),
          filename: 'payments.tar.gz',
          size: 48_213,
        },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: ({ principal, query, upload: request }) => {
      const maxBytes = settings.CERTUS_ARCHIVE_MAX_BYTES;
      const rules = { filename: query.filename, maxBytes, refuse: refuseOthers };
      return receiving.during(() =>
        withReceivedFile(request, rules, async (file) => {
          const { filename, size, sha256 } = file;
          const scope = { tenant: principal.tenant, workspace: query.workspace_id };
          const bucket = await objects.uploads();
          await bucket.put(archiveKey(scope, sha256), file.read(), {
            contentType: 'application/octet-stream',
            sha256,
            ifAbsent: true,
          });
          const body: UploadedArchive = {
            archive_path: `archives/${sha256}/${filename}`,
            archive_hash: sha256,
            filename,
            size,
          };
          return { status: 201, body };
        }),
      );
    },
  });
};

function refuseOthers(head: Uint8Array): void {
  if (head.length === 0) throw invalid([{ path: 'file', message: 'is empty' }]);
  if (archiveFormat(head) === undefined)
    throw new CertusError(
      'unsupported_media_type',
      'the file is not a tar, tar.gz, tar.bz2, tar.xz, tar.zst or zip',
    );
}
