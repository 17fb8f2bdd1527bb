import { resolve } from 'node:path';
import pMap from 'p-map';
import type { UploadedDocument } from '../../contracts/uploads.ts';
import { complaintOf } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type DocumentFile, documentFiles } from './documents-files.ts';
import { sendDocument } from './documents-send.ts';

type Options = { readonly workspace: string; readonly prefix: string };

type Outcome =
  | { readonly document: UploadedDocument }
  | { readonly name: string; readonly code: string; readonly message: string; readonly exitCode: ExitCode };

/** Small files do not wait for each other; each is hashed on the way, so that more would only share the processor. */
const SIDE_BY_SIDE = 4;

/** Brings a file, or all files of a folder. One that is refused keeps none of the others back, and is told in the end. */
export async function uploadDocuments(
  context: Context,
  path: string,
  { workspace, prefix }: Options,
): Promise<ExitCode> {
  const { output, workingDirectory } = context;
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const { files, skipped } = await documentFiles(resolve(workingDirectory, path), folder);
  for (const { file, reason } of skipped) output.note(`left out: ${file} ${reason}`);
  const api = context.api();
  const send = async (file: DocumentFile): Promise<Outcome> => {
    try {
      return { document: await sendDocument(api, workspace, file, output.note) };
    } catch (error) {
      const { code, message, exitCode } = complaintOf(error);
      output.note(`${file.name}: ${code}: ${message}`);
      return { name: file.name, code, message, exitCode };
    }
  };
  const outcomes = await pMap(files, send, { concurrency: SIDE_BY_SIDE });
  const uploaded = outcomes.flatMap((outcome) => ('document' in outcome ? [outcome.document] : []));
  const failed = outcomes.flatMap((outcome) => ('document' in outcome ? [] : [outcome]));
  output.result(
    { uploaded, failed: failed.map(({ name, code, message }) => ({ name, code, message })), skipped },
    () => {
      output.table(
        ['NAME', 'SIZE', 'TYPE', 'SHA256'],
        uploaded.map(({ name, size, media_type, sha256 }) => [name, String(size), media_type, sha256]),
      );
      output.note(`${uploaded.length} of ${files.length} documents are stored`);
    },
  );
  return failed[0]?.exitCode ?? EXIT.ok;
}
