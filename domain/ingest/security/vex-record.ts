import { identifiersIn } from '../../finding/reading/identifiers.ts';
import type { Draft } from '../draft.ts';
import type { Desk } from './desk.ts';

export type VexFacts = {
  readonly tool: string;
  readonly vulnerability: string;
  readonly status: string;
  readonly justification?: string | undefined;
  readonly product?: string | undefined;
  readonly severity?: string | undefined;
  readonly names: readonly string[];
  readonly said: readonly (string | undefined)[];
};

/** Whether a product has a vulnerability, as somebody says. */
export function vexRecord(facts: VexFacts, { line, safe, key }: Desk): Draft {
  const [vulnerability, status] = [line(facts.vulnerability, 256), line(facts.status, 64)];
  const product = facts.product === undefined ? undefined : line(facts.product, 512);
  const justification = facts.justification === undefined ? undefined : line(facts.justification, 128);
  const names = identifiersIn(facts.names);
  const said = facts.said
    .filter((text) => text !== undefined && text !== '')
    .map((text) => safe(text ?? '', 2000));
  return {
    kind: 'finding',
    key: key('finding', facts.tool, facts.vulnerability, facts.status, facts.product),
    title: `${vulnerability}: ${status.replaceAll('_', ' ')}`,
    text: [
      `## ${vulnerability}`,
      [
        `- Status: ${status}`,
        ...(justification === undefined ? [] : [`- Justification: ${justification}`]),
        ...(product === undefined ? [] : [`- Product: ${product}`]),
        ...(names.length === 0 ? [] : [`- Known as: ${names.join(', ')}`]),
      ].join('\n'),
      ...said,
    ].join('\n\n'),
    rule: vulnerability,
    tool: facts.tool,
    ...(facts.severity === undefined ? {} : { severity: facts.severity }),
    ...(product === undefined ? {} : { package: product }),
    extra: {
      finding_kind: 'vulnerability',
      vex_status: status,
      ...(justification === undefined ? {} : { vex_justification: justification }),
    },
  };
}
