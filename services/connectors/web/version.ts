import { hash } from 'node:crypto';
import { z } from 'zod';
import { jsonOf } from '../../../contracts/json-of.ts';
import type { WebPage } from '../../web/web.ts';

/** What tells one version of a page from the next: what its site says so, and what it holds. */
const Version = z.object({
  etag: z.string().max(200).optional(),
  modified: z.string().max(200).optional(),
  sha256: z.string().max(64),
});
export type Version = z.infer<typeof Version>;

export const versionOf = ({ validators, bytes }: Pick<WebPage, 'validators' | 'bytes'>): Version => ({
  ...(validators.etag === undefined ? {} : { etag: validators.etag }),
  ...(validators.modified === undefined ? {} : { modified: validators.modified }),
  sha256: hash('sha256', bytes),
});

export const writeVersion = (version: Version): string => JSON.stringify(version);

/** Undefined for what is no version of ours: then there is none to ask by. */
export const readVersion = (text: string | undefined): Version | undefined =>
  text === undefined ? undefined : Version.safeParse(jsonOf(Buffer.from(text))).data;
