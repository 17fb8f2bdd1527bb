import { hash } from 'node:crypto';
import { z } from 'zod';
import type { IngestionSource } from '../../../contracts/ingestion.ts';
import type { Connector, SourceItem } from '../connector.ts';
import { readCursor } from '../cursor.ts';
import type { ConnectorDeps } from '../deps.ts';
import { chosenBy } from '../globs.ts';
import { oddName } from '../names.ts';
import type { ListedObject } from './source-bucket.ts';

type S3Source = Extract<IngestionSource, { kind: 's3' }>;

/**
 * Every object below a prefix, under its whole key. As with scans a prefix is a folder: "src" stands for "src" and all below
 * "src/", and never for "src-of-others/".
 */
export function openS3(
  source: S3Source,
  { deps }: { readonly deps: Pick<ConnectorDeps, 'buckets'> },
): Connector {
  const bucket = deps.buckets(source.bucket);
  const { prefix } = source;
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const isChosen = chosenBy(source);
  const isWanted = (key: string) =>
    key === prefix || (key.startsWith(folder) && isChosen(key.slice(folder.length)));
  return {
    listsAll: true,
    page: async ({ cursor, limit, signal }) => {
      const { after } = readCursor(Cursor, cursor, { after: null });
      const { objects, odd, next } = await bucket.page({ prefix, after, limit, signal });
      return {
        items: objects.filter(({ key }) => isWanted(key)).map((object) => itemOf(object, bucket.locate)),
        gone: [],
        lost: odd.filter((name) => name.startsWith(folder)).map(oddName),
        cursor: next === null ? null : { after: next },
        checkpoint: null,
      };
    },
    fetch: async ({ key }, { known, maxBytes, signal }) => {
      const { bytes, etag, mediaType } = await bucket.read(key, { maxBytes, signal });
      // another one may have come since it was listed: what was read is what is told
      if (etag !== '' && etag === known) return null;
      return { bytes, mediaType, version: etag === '' ? hash('sha256', bytes) : etag };
    },
    close: async () => undefined,
  };
}

const Cursor = z.object({ after: z.string().max(1024).nullable() });

const itemOf = ({ key, size, etag }: ListedObject, locate: (key: string) => string): SourceItem => ({
  key,
  version: etag,
  size,
  name: key.split('/').at(-1) ?? key,
  location: locate(key),
});
