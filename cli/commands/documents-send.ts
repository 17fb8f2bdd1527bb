import { openAsBlob } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { UploadedDocument, UploadSessionView } from '../../contracts/uploads.ts';
import type { ApiClient } from '../api-client.ts';
import { CommandError, complaintOf } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { query } from '../query.ts';
import { found } from '../read-bounded.ts';
import { type DocumentFile, sha256OfFile } from './documents-files.ts';

/** In bytes: from which size on a file goes in pieces, and how large these are. In milliseconds: how an outage is borne. */
export type Manner = {
  readonly whole: number;
  readonly piece: number;
  readonly first: number;
  readonly tries: number;
};

const MIB = 1024 * 1024;
export const MANNER: Manner = { whole: 32 * MIB, piece: 16 * MIB, first: 500, tries: 8 };

/**
 * Brings one file. A large one goes in pieces, and on from where an earlier try came to: also that of another day, which the
 * API finds again by name, size and digest.
 */
export async function sendDocument(
  api: ApiClient,
  workspace: string,
  document: DocumentFile,
  say: (line: string) => void,
  manner: Manner = MANNER,
): Promise<UploadedDocument> {
  const sha256 = await sha256OfFile(document.file);
  const content = await found(document.file, openAsBlob(document.file));
  const sent = { workspace, ...document, sha256, content };
  return content.size <= manner.whole
    ? persistently(manner, say, () => sendWhole(api, sent))
    : sendInPieces(api, sent, say, manner);
}

type Sent = DocumentFile & {
  readonly workspace: string;
  readonly sha256: string;
  readonly content: Blob;
};

const sendWhole = (api: ApiClient, { workspace, name, sha256, content }: Sent) =>
  api.upload(
    `/v1/uploads/raw${query({ workspace_id: workspace, prefix: '', name, sha256 })}`,
    content,
    UploadedDocument,
  );

async function sendInPieces(
  api: ApiClient,
  { workspace, name, sha256, content }: Sent,
  say: (line: string) => void,
  manner: Manner,
): Promise<UploadedDocument> {
  const { size } = content;
  const announced = { workspace_id: workspace, name, size, sha256 };
  const opened = await persistently(manner, say, () =>
    api.post('/v1/uploads/sessions', announced, UploadSessionView),
  );
  const path = `/v1/uploads/sessions/${opened.upload_id}`;
  if (opened.offset > 0) say(`${name}: going on at ${percent(opened.offset, size)}`);
  for (let { offset } = opened; offset < size; ) {
    const end = Math.min(size, offset + Math.min(manner.piece, opened.part_bytes_max));
    const part = content.slice(offset, end);
    const { offset: reached } = await persistently(manner, say, () =>
      api.upload(
        `${path}/parts${query({ workspace_id: workspace, offset })}`,
        part,
        UploadSessionView,
        'PUT',
      ),
    );
    if (reached <= offset)
      throw new CommandError(
        'upload_incomplete',
        EXIT.internal,
        `${name} does not get beyond ${offset} bytes`,
      );
    offset = reached;
    say(`${name}: ${percent(offset, size)}`);
  }
  const body = { workspace_id: workspace };
  for (let wait = manner.first; ; wait = Math.min(wait * 2, 10_000)) {
    const view = await persistently(manner, say, () => api.post(`${path}/commit`, body, UploadSessionView));
    if (view.document !== null) return view.document;
    await pause(wait);
  }
}

const percent = (part: number, whole: number): string => `${Math.floor((part / whole) * 100)} %`;

/** An API that is away, or has its hands full, is asked again for a while; every other no is one. */
async function persistently<T>(
  { first, tries }: Manner,
  say: (line: string) => void,
  act: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1, wait = first; ; attempt += 1, wait = Math.min(wait * 2, 15_000)) {
    try {
      return await act();
    } catch (error) {
      const { exitCode, message } = complaintOf(error);
      if (exitCode !== EXIT.unavailable || attempt >= tries) throw error;
      say(`waiting: ${message}`);
      await pause(wait);
    }
  }
}
