import type { IngestionSource } from '../../contracts/ingestion.ts';
import { sha256 } from '../custody/digest.ts';

/**
 * Under what the items of a source are known from one ingestion to the next. What was brought once without a source of its own
 * goes by what it is: the same repository, the same bucket and prefix.
 */
export function originOf(sourceId: string | null, source: IngestionSource): string {
  if (sourceId !== null) return sourceId;
  switch (source.kind) {
    case 'upload':
    case 'web':
      return source.kind;
    case 'folder':
      return `folder:${source.name}`;
    case 'golden':
      return `golden:${source.test_id}`;
    default:
      return `${source.kind}:${sha256(locationOf(source)).slice(0, 32)}`;
  }
}

/** As people would write it down. */
export function locationOf(source: IngestionSource): string {
  switch (source.kind) {
    case 'upload':
    case 'folder':
      return source.name;
    case 'git':
      return source.branch === undefined ? source.url : `${source.url}@${source.branch}`;
    case 'web':
      return source.urls.length === 1
        ? (source.urls[0] ?? '')
        : `${source.urls[0]} and ${source.urls.length - 1} more`;
    case 'web_crawl':
      return source.seed_urls.join(' ').slice(0, 2000);
    case 's3':
      return `s3://${source.bucket}/${source.prefix}`;
    case 'golden':
      return source.test_id;
  }
}
