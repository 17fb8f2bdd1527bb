import type { IngestionSource } from './ingestion.ts';

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
    case 'agent':
      return `agent:${source.agent}/${source.source}`;
  }
}
