import type { Scope } from '../../contracts/identifiers.ts';
import type { IngestionSource } from '../../contracts/ingestion.ts';
import { openAgent } from './agent.ts';
import type { Connector } from './connector.ts';
import type { ConnectorDeps } from './deps.ts';
import { openFolder } from './folder.ts';
import { openGit } from './git/git.ts';
import { openGolden } from './golden.ts';
import { openS3 } from './s3/s3.ts';
import { openUpload } from './upload.ts';
import { openCrawl } from './web/crawl.ts';
import { openPages } from './web/pages.ts';

/** How a source is listed and read. Throws what no asking again would mend: a pattern that is none, a browser that is missing. */
export function openConnector(source: IngestionSource, scope: Scope, deps: ConnectorDeps): Connector {
  switch (source.kind) {
    case 'upload':
      return openUpload(source, { scope, deps });
    case 'folder':
      return openFolder(source, { scope, deps });
    case 'golden':
      return openGolden(source, { scope, deps });
    case 'agent':
      return openAgent(source, { scope, deps });
    case 'git':
      return openGit(source, { scope, deps });
    case 's3':
      return openS3(source, { deps });
    case 'web':
      return openPages(source, { deps });
    case 'web_crawl':
      return openCrawl(source, { deps });
  }
}
