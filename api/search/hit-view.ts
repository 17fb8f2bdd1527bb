import type { SearchHitView } from '../../contracts/search.ts';
import type { SearchHit } from '../../services/search/search-index.ts';

export function hitView({ document, score, highlights }: SearchHit): SearchHitView {
  const { id, kind, title, text, severity, rule, tool, path, component, testId, extra, capturedAt } =
    document;
  const line = extra?.start_line;
  const fingerprint = extra?.fingerprint;
  return {
    id,
    kind,
    title,
    text,
    highlights: [...highlights],
    score,
    severity,
    rule,
    tool,
    path,
    ...(typeof line === 'number' ? { start_line: line } : {}),
    component_id: component,
    test_id: testId,
    ...(typeof fingerprint === 'string' ? { fingerprint } : {}),
    package: document.package,
    package_version: document.packageVersion,
    ...(document.licenses === undefined ? {} : { licenses: [...document.licenses] }),
    source: document.source,
    source_id: document.sourceId,
    location: document.location,
    ingestion_id: document.ingestionId,
    document_id: document.documentId,
    language: document.language,
    ...(document.labels === undefined ? {} : { labels: [...document.labels] }),
    envelope: document.envelope,
    captured_at: capturedAt,
  };
}
