import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isFileError } from '../files/failure.ts';
import { findFolder, makeFolder } from '../files/folder.ts';
import { removeFile } from '../files/staged-file.ts';
import type { ObjectInfo } from './store.ts';

/**
 * What a file system cannot say of an object: its digest, type and metadata.
 *
 * A record is named after its key and the very file it describes, and is written before that file gets its name.
 * So one rename publishes both, and wherever a crash falls, the file that is there has its own record.
 */
export const writeRecord = async (
  root: string,
  bucket: string,
  identity: string,
  info: ObjectInfo,
): Promise<void> => {
  const folder = await makeFolder(root, shelf(bucket, info.key));
  // Not flushed: a record that a power cut loses or tears is believed by nobody and taken from the bytes again.
  await writeFile(join(folder, recordName(info.key, identity)), `${JSON.stringify(info)}\n`);
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
  return parsed.success && parsed.data.key === key ? parsed.data : undefined;
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
