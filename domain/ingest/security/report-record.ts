import { SEVERITIES } from '../../../contracts/finding.ts';
import type { Draft } from '../draft.ts';
import type { Desk } from './desk.ts';

export type ReportFacts = {
  readonly tool: string;
  readonly version: string | null;
  readonly format: string;
  /** Which run of how many. */
  readonly run?: number;
  readonly findings: ReadonlyMap<string, number>;
  readonly notices: readonly string[];
  readonly about?: Readonly<Record<string, string>>;
};

/** What a scanner has looked at and how much it found: also nothing is worth knowing. */
export function reportRecord(facts: ReportFacts, { line, safe, key }: Desk): Draft {
  const { findings, run = 0, format } = facts;
  const tool = line(facts.tool, 256);
  const version = facts.version === null ? null : line(facts.version, 64);
  const count = [...findings.values()].reduce((sum, one) => sum + one, 0);
  const levels = SEVERITIES.filter((level) => findings.has(level)).map(
    (level) => `${findings.get(level)} ${level}`,
  );
  const named = version === null ? tool : `${tool} ${version}`;
  const about = Object.entries(facts.about ?? {}).map(
    ([name, value]) => `- ${line(name, 60)}: ${line(value, 500)}`,
  );
  return {
    kind: 'scan_report',
    key: key('scan_report', format, run),
    title: `${named}: ${count} ${count === 1 ? 'finding' : 'findings'}`,
    text: [
      `# Report of ${named}`,
      `${count} findings${levels.length === 0 ? '' : `: ${levels.join(', ')}`}.`,
      ...(about.length === 0 ? [] : [about.join('\n')]),
      ...(facts.notices.length === 0
        ? []
        : [
            [
              'What it says of itself:',
              ...facts.notices.slice(0, 20).map((text) => `- ${safe(text, 300)}`),
            ].join('\n'),
          ]),
    ].join('\n\n'),
    tool,
    extra: { format, findings_indexed: count, ...(version === null ? {} : { tool_version: version }) },
  };
}

export function tally(counts: Map<string, number>, { severity = 'info' }: Draft): void {
  counts.set(severity, (counts.get(severity) ?? 0) + 1);
}
