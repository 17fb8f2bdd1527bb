import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EnvHttpProxyAgent, request } from 'undici';
import { CertusError } from '../../contracts/errors.ts';
import { syncFolder } from '../files/folder.ts';
import { exportFile } from './layout.ts';
import { readExport } from './read-export.ts';

export type Progress = (bytes: number, total: number | null) => void;

/** Fetches the export of one ecosystem. One that is there already is replaced once the new one is whole and readable. */
export async function downloadExport(
  base: string,
  ecosystem: string,
  folder: string,
  onProgress: Progress = () => undefined,
): Promise<{ file: string; bytes: number }> {
  const target = exportFile(folder, ecosystem);
  await mkdir(dirname(target), { recursive: true });
  const draft = `${target}.${randomUUID()}`;
  try {
    const url = new URL(`${encodeURIComponent(ecosystem)}/all.zip`, base.endsWith('/') ? base : `${base}/`);
    const bytes = await fetchTo(url, draft, onProgress);
    await requireRecords(draft, url);
    await rename(draft, target);
    await syncFolder(dirname(target));
    return { file: target, bytes };
  } finally {
    await rm(draft, { force: true });
  }
}

const MAX_BYTES = 16 * 1024 ** 3;

async function fetchTo(url: URL, file: string, onProgress: Progress): Promise<number> {
  const dispatcher = new EnvHttpProxyAgent();
  const handle = await open(file, 'wx');
  try {
    const { statusCode, headers, body } = await request(url, {
      dispatcher,
      headers: { 'user-agent': 'certus' },
    });
    if (statusCode !== 200) throw new CertusError('dependency_unavailable', `${url} answers ${statusCode}`);
    const declared = Number(headers['content-length'] ?? Number.NaN);
    const total = Number.isNaN(declared) ? null : declared;
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES)
        throw new CertusError('archive_too_large', `${url} is larger than any export is`);
      await handle.writeFile(chunk);
      onProgress(bytes, total);
    }
    await handle.sync();
    return bytes;
  } catch (cause) {
    if (cause instanceof CertusError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CertusError('dependency_unavailable', `${url} cannot be fetched: ${reason}`, { cause });
  } finally {
    await handle.close();
    await dispatcher.destroy();
  }
}

/** A proxy's login page is an answer, too. */
async function requireRecords(file: string, url: URL): Promise<void> {
  for await (const record of readExport(file)) {
    if (record !== null) return;
  }
  throw new CertusError('archive_invalid', `${url} holds no advisory`);
}
