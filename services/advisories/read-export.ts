import yauzl from 'yauzl';
import { OsvRecord } from '../../contracts/advisory.ts';
import { CertusError } from '../../contracts/errors.ts';

/** Every record of an export, one after the other; `null` for an entry that is none. */
export async function* readExport(file: string): AsyncGenerator<OsvRecord | null> {
  const zip = await opened(file);
  try {
    if (zip.entryCount > MAX_ENTRIES) throw invalid(file, `it has more than ${MAX_ENTRIES} entries`);
    let total = 0;
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('.json')) continue;
      total += entry.uncompressedSize;
      if (total > MAX_TOTAL_BYTES) throw invalid(file, 'it unpacks to more than any export does');
      yield entry.uncompressedSize > MAX_ENTRY_BYTES ? null : parse(await contentOf(zip, entry));
    }
  } catch (cause) {
    if (cause instanceof CertusError) throw cause;
    throw invalid(file, 'it is damaged', cause);
  } finally {
    zip.close();
  }
}

const MAX_ENTRIES = 5_000_000;
const MAX_ENTRY_BYTES = 32 * 1024 * 1024;
const MAX_TOTAL_BYTES = 64 * 1024 ** 3;

async function opened(file: string): Promise<yauzl.ZipFile> {
  try {
    return await yauzl.openPromise(file);
  } catch (cause) {
    throw invalid(file, 'it is no zip archive', cause);
  }
}

const invalid = (file: string, why: string, cause?: unknown): CertusError =>
  new CertusError('archive_invalid', `${file} cannot be used: ${why}`, { cause });

/** The reader itself holds an entry to the size that it declares. */
async function contentOf(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function parse(content: Buffer): OsvRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(content.toString('utf8'));
  } catch {
    return null;
  }
  const record = OsvRecord.safeParse(value);
  return record.success ? record.data : null;
}
