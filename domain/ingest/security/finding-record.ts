import type { FindingDraft } from '../../finding/draft.ts';
import type { Draft } from '../draft.ts';
import type { Desk } from './desk.ts';

/** A finding as it is found again: by its words, its place and the names that others know it by. */
export function findingRecord(finding: FindingDraft, { safe, line, key }: Desk): Draft {
  const { location, package: held, severity, score, confidence, suppressed, identifiers } = finding;
  const [title, rule, tool] = [line(finding.title, 256), line(finding.rule, 256), line(finding.tool, 256)];
  const path = location === null ? undefined : safe(location.path, 1024);
  const start = location?.start_line ?? null;
  const place = path === undefined ? undefined : start === null ? path : `${path}:${start}`;
  const parts = [
    `## ${title}`,
    [
      `- Rule: ${rule}`,
      `- Severity: ${severity}`,
      ...(place === undefined ? [] : [`- Location: ${place}`]),
      ...(held === null ? [] : [`- Package: ${line(named(held.name, held.version), 400)}`]),
      ...(identifiers.length === 0 ? [] : [`- Known as: ${identifiers.join(', ')}`]),
    ].join('\n'),
    safe(finding.message, 4000),
    ...(finding.snippet === null || finding.snippet.trim() === '' ? [] : [safe(finding.snippet, 1000)]),
    ...(finding.fix === null ? [] : [`Fix: ${safe(finding.fix, 1000)}`]),
  ];
  return {
    kind: 'finding',
    key: key(
      'finding',
      ...[finding.tool, finding.rule, finding.title, finding.message, finding.snippet, identifiers],
      ...[
        location?.path,
        start,
        location?.start_column,
        held?.name,
        held?.version,
        finding.nativeFingerprint,
      ],
    ),
    ...{ title, rule, tool, severity, text: parts.join('\n\n') },
    ...(path === undefined ? {} : { path }),
    ...(place === undefined ? {} : { place }),
    ...(held === null ? {} : { package: line(held.name, 256) }),
    ...(held?.version == null ? {} : { packageVersion: line(held.version, 128) }),
    extra: {
      finding_kind: finding.kind,
      ...(start === null ? {} : { start_line: start }),
      ...(location?.end_line == null ? {} : { end_line: location.end_line }),
      ...(score === null ? {} : { score }),
      ...(confidence === null ? {} : { confidence }),
      ...(identifiers.length === 0 ? {} : { identifiers: identifiers.join(' ') }),
      ...(held?.purl == null ? {} : { purl: line(held.purl, 512) }),
      ...(suppressed === null ? {} : { suppressed: suppressed.kind }),
    },
  };
}

const named = (name: string, version: string | null): string =>
  version === null ? name : `${name} ${version}`;
