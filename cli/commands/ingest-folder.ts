import { openAsBlob } from 'node:fs';
import { basename, resolve } from 'node:path';
import pMap from 'p-map';
import { z } from 'zod';
import { Sha256 } from '../../contracts/identifiers.ts';
import { IngestionView } from '../../contracts/ingestion.ts';
import type { ApiClient } from '../api-client.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';
import { found } from '../read-bounded.ts';
import { type DocumentFile, documentFiles, sha256OfFile } from './documents-files.ts';
import { type Common, ended } from './ingest-start.ts';

const Missing = z.object({ missing: z.array(Sha256) });
const Sent = z.object({ sha256: Sha256, size: z.number().int() });
type Hashed = DocumentFile & { readonly sha256: string };

/** Sends what the platform does not have of a folder yet, and has all of it indexed as one source. */
export async function ingestFolder(
  context: Context,
  path: string,
  options: Common & { readonly name?: string },
): Promise<ExitCode> {
  const { output, workingDirectory } = context;
  const { workspace, label, component } = options;
  const folder = resolve(workingDirectory, path);
  const { files, skipped } = await documentFiles(folder, '');
  for (const { file, reason } of skipped) output.note(`left out: ${file} ${reason}`);
  const hashed = await pMap(files, async (file) => ({ ...file, sha256: await sha256OfFile(file.file) }), {
    concurrency: 4,
  });
  const api = context.api();
  await sendMissing(api, workspace, hashed, output.note);
  const started = await api.post(
    '/v1/ingest-folders',
    {
      workspace_id: workspace,
      name: options.name ?? basename(folder),
      files: hashed.map(({ name, sha256, size }) => ({ name, sha256, size })),
      labels: label ?? [],
      component_id: component,
    },
    IngestionView,
  );
  return ended(context, api, options, started);
}

const AT_ONCE = 1000;

async function sendMissing(
  api: ApiClient,
  workspace: string,
  files: readonly Hashed[],
  say: (line: string) => void,
): Promise<void> {
  const byDigest = new Map(files.map((file) => [file.sha256, file]));
  const digests = [...byDigest.keys()];
  let sent = 0;
  for (let at = 0; at < digests.length; at += AT_ONCE) {
    const asked = { workspace_id: workspace, sha256: digests.slice(at, at + AT_ONCE) };
    const { missing } = await api.post('/v1/ingest-files/missing', asked, Missing);
    const send = async (sha256: string) => {
      const file = byDigest.get(sha256);
      if (file === undefined) return;
      const content = await found(file.file, openAsBlob(file.file));
      await api.upload(`/v1/ingest-files${query({ workspace_id: workspace, sha256 })}`, content, Sent);
      sent += 1;
    };
    await pMap(missing, send, { concurrency: 4 });
  }
  say(`${files.length} files, ${sent} of them sent`);
}
