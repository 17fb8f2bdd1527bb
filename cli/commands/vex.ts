import { FindingList, TriageList } from '../../contracts/finding-list.ts';
import { ScanStatus } from '../../contracts/scan.ts';
import { toOpenVex } from '../../domain/vex/openvex.ts';
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
  const [found, decisions] = await Promise.all([
    everything(async (cursor) => {
      const parameters = { ...here, limit: 500, cursor };
      const page = await api.get(`${path}/findings${query(parameters)}`, FindingList);
      return { items: page.findings, next: page.next_cursor };
    }),
    everything(async (cursor) => {
      const parameters = { ...here, component_id: scan.component_id, limit: 500, cursor };
      const page = await api.get(`/v1/triage${query(parameters)}`, TriageList);
      return { items: page.decisions, next: page.next_cursor };
    }),
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

type Page<T> = { readonly items: readonly T[]; readonly next: string | null };

async function everything<T>(page: (cursor: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await page(cursor);
    all.push(...items);
    if (next === null) return all;
    cursor = next;
  }
}

/** The component, at the revision that was looked at. */
const productOf = ({ component_id, commit, content_hash }: ScanStatus): string =>
  `pkg:generic/${component_id}@${commit ?? content_hash ?? 'unknown'}`;
