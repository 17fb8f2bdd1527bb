import type { IngestionSource } from '../../contracts/ingestion.ts';
import { locationOf } from '../../contracts/source-location.ts';
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
    // told apart from sources of people by nothing: what it has brought can be found, and forgotten, as of any source
    case 'agent':
      return `source_${sha256(locationOf(source)).slice(0, 24)}`;
    default:
      return `${source.kind}:${sha256(locationOf(source)).slice(0, 32)}`;
  }
}
