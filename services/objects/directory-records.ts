import { createHash } from 'node:crypto';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isFileError } from '../files/failure.ts';
import { findFolder, makeFolder, syncFolder } from '../files/folder.ts';
import { removeFile } from '../files/staged-file.ts';
import { stillRetained } from './retention.ts';
import type { ObjectInfo, PutOptions } from './store.ts';

/**
 * What a file system cannot say of an object: its digest, type, metadata and tags, and how long it is to stay.
 *
 * A record is named after its key and the very file it describes, and is written before that file gets its name.
 * So one rename publishes both, and wherever a crash falls, the file that is there has its own record.
 */
export const writeRecord = async (
  root: string,
  bucket: string,
  identity: string,
  { retainUntil, ...info }: ObjectInfo,
  tags: PutOptions['tags'] = {},
): Promise<void> => {
  const folder = await makeFolder(root, shelf(bucket, info.key));
  const record = { ...info, tags, ...(retainUntil && { retainUntil: retainUntil.toISOString() }) };
  const handle = await open(join(folder, recordName(info.key, identity)), 'w');
  try {
    await handle.writeFile(`${JSON.stringify(record)}\n`);
    // Otherwise not: a record that a power cut loses or tears is believed by nobody and taken from the bytes again.
    // How long an object is to stay no bytes tell.
    if (retainUntil !== undefined) await handle.sync();
  } finally {
    await handle.close();
  }
  if (retainUntil !== undefined) await syncFolder(folder);
};

/** The record of exactly this file; `undefined` when there is none, or none that can be believed. */
export const readRecord = (root: string, bucket: string, key: string, identity: string) =>
  parseRecord(join(root, ...shelf(bucket, key), recordName(key, identity)), key);

/** A record of the same bytes under the same key: what finds the metadata of a tree restored from a backup. */
export const findRecord = async (root: string, bucket: string, key: string, sha256: string) => {
  for (const path of await recordsOf(root, bucket, key)) {
    const record = await parseRecord(path, key);
    if (record?.sha256 === sha256) return record;
  }
  return undefined;
};

export const removeRecord = (root: string, bucket: string, key: string, identity: string): Promise<void> =>
  removeFile(join(root, ...shelf(bucket, key), recordName(key, identity)));

/** Clears records of files that are gone; the young ones may belong to a writer that is about to publish. */
export const pruneRecords = async (
  root: string,
  bucket: string,
  key: string,
  current: string,
): Promise<void> => {
  const now = Date.now();
  for (const path of await recordsOf(root, bucket, key)) {
    if (path.endsWith(recordName(key, current))) continue;
    const stats = await stat(path).catch(ignoreMissing);
    if (stats !== undefined && now - stats.mtimeMs > HOUR) await removeFile(path);
  }
};

const HOUR = 60 * 60 * 1000;
const RECORDS = '.meta';

const Record = z.strictObject({
  key: z.string(),
  size: z.number().int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  contentType: z.string(),
  metadata: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()).optional(),
  retainUntil: z.iso.datetime().optional(),
});

/** Hashed, so that no key can be too long, or be one thing as a file and another as a folder. */
const digestOf = (key: string) => createHash('sha256').update(key).digest('hex');
const shelf = (bucket: string, key: string) => [RECORDS, bucket, digestOf(key).slice(0, 2)];
const recordName = (key: string, identity: string) => `${digestOf(key)}.${identity}.json`;

const recordsOf = async (root: string, bucket: string, key: string): Promise<string[]> => {
  const folder = await findFolder(root, shelf(bucket, key));
  if (folder === undefined) return [];
  const names = await readdir(folder);
  return names.filter((name) => name.startsWith(`${digestOf(key)}.`)).map((name) => join(folder, name));
};

const parseRecord = async (path: string, key: string): Promise<ObjectInfo | undefined> => {
  const text = await readFile(path, 'utf8').catch(ignoreMissing);
  if (text === undefined) return undefined;
  const parsed = Record.safeParse(jsonOrNothing(text));
  if (!parsed.success || parsed.data.key !== key) return undefined;
  const { tags: _tags, retainUntil, ...info } = parsed.data;
  return { ...info, ...stillRetained(retainUntil) };
};

const jsonOrNothing = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const ignoreMissing = (error: unknown): undefined => {
  if (isFileError(error, 'ENOENT')) return undefined;
  throw error;
};
