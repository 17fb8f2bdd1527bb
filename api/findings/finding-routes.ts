import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { SEVERITIES } from '../../contracts/finding.ts';
import {
  Comparison,
  ComparisonParameters,
  FindingList,
  FindingListParameters,
  FindingView,
} from '../../contracts/finding-list.ts';
import { TestId } from '../../contracts/identifiers.ts';
import { hasLooked } from '../../contracts/tool-run.ts';
import { compareScans } from '../../services/database/compare-scans.ts';
import { listFindings } from '../../services/database/list-findings.ts';
import type { HeldDeps } from '../artifacts/held-files.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { type Route, route } from '../route.ts';
import { existingScan } from '../scans/existing-scan.ts';
import { findingExample } from './examples.ts';
import { withTriage } from './finding-views.ts';
import { shownFindings } from './shown-findings.ts';

const View = FindingView.meta({ id: 'Finding' });
/** Within what the columns hold: what a client makes up must not come back as an error of the database. */
const ordinal = z.int32().min(0);
const Place = z.object({ rank: z.int().min(0).max(SEVERITIES.length), ordinal });
const ComparisonPlace = z.object({ order: z.int().min(0).max(1), ordinal });

export function findingRoutes(deps: HeldDeps): Route[] {
  return [list(deps), compare(deps)];
}

const list = (deps: HeldDeps) =>
  route({
    method: 'get',
    path: '/v1/security-scans/{test_id}/findings',
    id: 'listFindings',
    summary: 'Findings of a scan, worst first',
    description:
      'There are none before the gate has been passed. Values of one filter are alternatives. Where the privacy gate has masked or held back ' +
      'the list of them, only reviewers are shown their words.',
    tag: 'findings',
    auth: 'token',
    params: z.object({ test_id: TestId }),
    query: FindingListParameters,
    answers: {
      200: {
        description: 'A page of findings.',
        schema: FindingList.extend({ findings: z.array(View) }).meta({ id: 'FindingList' }),
        example: { findings: [findingExample], next_cursor: null },
      },
    },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      const { database } = deps;
      const { workspace_id, limit, cursor, ...filter } = query;
      const scope = { tenant: principal.tenant, workspace: workspace_id };
      const scan = await existingScan({ database }, scope, params.test_id);
      const page = await listFindings(database, scope, scan.testId, {
        ...filter,
        limit,
        after: cursor === undefined ? undefined : decodeCursor(cursor, Place),
      });
      const findings = await withTriage(database, scope, scan.component, page.findings);
      const body: FindingList = {
        findings: [...(await shownFindings(deps, principal, scope, [scan], findings))],
        next_cursor: page.next ? encodeCursor(page.next) : null,
      };
      return { status: 200, body };
    },
  });

const compare = (deps: HeldDeps) =>
  route({
    method: 'get',
    path: '/v1/security-scans/{test_id}/diff',
    id: 'compareScans',
    summary: 'What changed since another scan of the component',
    description: 'New, moved and fixed findings; ask for `change=unchanged` to see the rest.',
    tag: 'findings',
    auth: 'token',
    params: z.object({ test_id: TestId }),
    query: ComparisonParameters,
    answers: {
      200: {
        description: 'How many of each, and a page of them: first those of this scan, then the fixed ones.',
        schema: Comparison.extend({ findings: z.array(View) }).meta({ id: 'Comparison' }),
        example: {
          test_id: 'test_0123456789abcdef01234567',
          base_test_id: 'test_76543210fedcba9876543210',
          counts: { new: 1, unchanged: 12, moved: 2, fixed: 3 },
          findings: [findingExample],
          next_cursor: null,
        },
      },
    },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      const { database } = deps;
      const { workspace_id, base: asked, change, limit, cursor } = query;
      const scope = { tenant: principal.tenant, workspace: workspace_id };
      const scan = await existingScan({ database }, scope, params.test_id);
      const base = asked ?? scan.baseline ?? undefined;
      if (base === undefined)
        throw new CertusError('not_found', 'there is no earlier scan of this component to compare with');
      const earlier = await existingScan({ database }, scope, base);
      if (earlier.component !== scan.component)
        throw new CertusError('not_found', 'that scan is one of another component');
      const compared = await compareScans(database, scope, {
        base,
        test: scan.testId,
        looked: scan.tools.filter(hasLooked).map(({ tool }) => tool),
        change,
        limit,
        after: cursor === undefined ? undefined : decodeCursor(cursor, ComparisonPlace),
      });
      const findings = await withTriage(database, scope, scan.component, compared.findings);
      const body: Comparison = {
        test_id: scan.testId,
        base_test_id: base,
        counts: compared.counts,
        findings: [...(await shownFindings(deps, principal, scope, [scan, earlier], findings))],
        next_cursor: compared.next ? encodeCursor(compared.next) : null,
      };
      return { status: 200, body };
    },
  });
