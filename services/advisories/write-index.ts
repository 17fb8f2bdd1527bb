import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { advisoriesOf } from '../../contracts/advisory.ts';
import { syncFolder } from '../files/folder.ts';
import { BUCKETS, bucketOf, type IndexHead, MAGIC, TABLE_BYTES } from './index-format.ts';
import { readExport } from './read-export.ts';

/** Makes the index of one ecosystem out of its export. It takes the place of an older one whole, or not at all. */
export async function writeIndex(
  exported: string,
  ecosystem: string,
  target: string,
  onProgress: (records: number) => void = () => undefined,
): Promise<IndexHead> {
  await mkdir(dirname(target), { recursive: true });
  const draft = `${target}.${randomUUID()}`;
  const spool = await Spool.create(`${draft}.spool`);
  try {
    const { size, mtime } = await stat(exported);
    const head = {
      ...{ ecosystem, modified: null as string | null, advisories: 0, withdrawn: 0, unreadable: 0 },
      source: { size, modified: mtime.toISOString() },
    };
    let records = 0;
    for await (const record of readExport(exported)) {
      records += 1;
      if (records % 1_000 === 0) onProgress(records);
      if (record === null) head.unreadable += 1;
      else if (record.withdrawn) head.withdrawn += 1;
      else {
        head.advisories += 1;
        if (head.modified === null || record.modified > head.modified) head.modified = record.modified;
        for (const [key, advisory] of advisoriesOf(record, ecosystem))
          await spool.add(bucketOf(key), `${JSON.stringify(key)}\t${JSON.stringify(advisory)}\n`);
      }
    }
    await writeOut(draft, head, spool);
    await rename(draft, target);
    await syncFolder(dirname(target));
    return head;
  } finally {
    await spool.close();
    await rm(`${draft}.spool`, { force: true });
    await rm(draft, { force: true });
  }
}

async function writeOut(file: string, head: IndexHead, spool: Spool): Promise<void> {
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const handle = await open(file, 'wx');
  try {
    const start = MAGIC.length + length.length + text.length + TABLE_BYTES;
    await handle.writev([MAGIC, length, text, spool.table(start)]);
    for await (const chunk of spool.sorted()) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Lines as they come, on disk, and then by bucket: an ecosystem's advisories need not fit into memory. */
class Spool {
  readonly #handle: FileHandle;
  readonly #lines: { offset: number; length: number }[][] = Array.from({ length: BUCKETS }, () => []);
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #size = 0;

  static async create(file: string): Promise<Spool> {
    return new Spool(await open(file, 'wx+'));
  }

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async add(bucket: number, line: string): Promise<void> {
    const bytes = Buffer.from(line);
    this.#lines[bucket]?.push({ offset: this.#size, length: bytes.length });
    this.#size += bytes.length;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes > CHUNK) await this.#flush();
  }

  /** Where each bucket begins, and after the last one where the file ends. */
  table(start: number): Buffer {
    const table = Buffer.alloc(TABLE_BYTES);
    let at = start;
    for (const [bucket, lines] of this.#lines.entries()) {
      table.writeBigUInt64LE(BigInt(at), bucket * 8);
      at += lines.reduce((sum, { length }) => sum + length, 0);
    }
    table.writeBigUInt64LE(BigInt(at), BUCKETS * 8);
    return table;
  }

  async *sorted(): AsyncGenerator<Buffer> {
    await this.#flush();
    for (const lines of this.#lines) {
      const parts: Buffer[] = [];
      for (const { offset, length } of lines) {
        const part = Buffer.alloc(length);
        await this.#handle.read(part, 0, length, offset);
        parts.push(part);
      }
      if (parts.length > 0) yield Buffer.concat(parts);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #flush(): Promise<void> {
    if (this.#pending.length > 0) await this.#handle.write(Buffer.concat(this.#pending));
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}

const CHUNK = 4 * 1024 * 1024;
