import { FindingList, type FindingView, TriageList } from '../../contracts/finding-list.ts';
import { ScanStatus } from '../../contracts/scan.ts';
import { toOpenVex } from '../../domain/vex/openvex.ts';
import type { ApiClient } from '../api-client.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { printableJson } from '../neutralise.ts';
import { query } from '../query.ts';

type Options = { readonly workspace: string; readonly author: string };

/** Everything that was decided about the component of a scan, in the form in which others can use it. */
export async function vex(
  { api: connect, stdout }: Context,
  testId: string,
  { workspace, author }: Options,
): Promise<ExitCode> {
  const api = connect();
  const here = { workspace_id: workspace };
  const path = `/v1/security-scans/${encodeURIComponent(testId)}`;
  const scan = await api.get(`${path}${query(here)}`, ScanStatus);
  const [found, { decisions }] = await Promise.all([
    allFindings(api, path, workspace),
    api.get(`/v1/triage${query({ ...here, component_id: scan.component_id })}`, TriageList),
  ]);
  const document = toOpenVex(decisions, found, {
    id: `https://certus.dev/vex/${scan.workspace_id}/${scan.component_id}/${scan.test_id}`,
    author,
    timestamp: new Date().toISOString(),
    product: productOf(scan),
    present: new Set(found.flatMap(({ sources }) => sources.map(({ fingerprint }) => fingerprint))),
  });
  stdout.write(`${printableJson(document)}\n`);
  return EXIT.ok;
}

async function allFindings(api: ApiClient, path: string, workspace: string): Promise<FindingView[]> {
  const all: FindingView[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await api.get(
      `${path}/findings${query({ workspace_id: workspace, limit: 500, cursor })}`,
      FindingList,
    );
    all.push(...page.findings);
    if (page.next_cursor === null) return all;
    cursor = page.next_cursor;
  }
}

/** The component, at the revision that was looked at. */
const productOf = ({ component_id, commit, content_hash }: ScanStatus): string =>
  `pkg:generic/${component_id}@${commit ?? content_hash ?? 'unknown'}`;
