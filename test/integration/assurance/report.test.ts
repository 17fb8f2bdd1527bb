// needs: postgres, temporal
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { until } from '../local/processes.ts';
import { Service } from './service.ts';

const MINUTE = 60_000;
const PATH = '/v1/repos/acme/shop/code-scanning/sarifs';
const COMMIT = 'ab'.repeat(20);
let service: Service;

beforeAll(async () => {
  service = await Service.start();
}, MINUTE);
afterAll(() => service?.close(), MINUTE);

const sarif = (results: object[]) => ({
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'CodeQL',
          rules: [
            {
              id: 'js/sqli',
              shortDescription: { text: 'Database query built from user-controlled sources' },
              properties: { 'security-severity': '8.8', tags: ['external/cwe/cwe-089'] },
            },
          ],
        },
      },
      results,
    },
  ],
});
const result = (line: number) => ({
  ruleId: 'js/sqli',
  message: { text: `this query depends on a value of line ${line}` },
  locations: [
    { physicalLocation: { artifactLocation: { uri: 'src/orders.js' }, region: { startLine: line } } },
  ],
  partialFingerprints: { primaryLocationLineHash: `39fa2ee980eb94b0:${line}` },
});

const send = async (content: string, commit = COMMIT) => {
  const body = {
    commit_sha: commit,
    ref: 'refs/heads/main',
    sarif: gzipSync(content).toString('base64'),
    tool_name: 'CodeQL',
  };
  const { status, json } = await service.ask(`${PATH}?workspace_id=${service.workspace}`, body);
  expect(status).toBe(202);
  return json as { id: string; url: string };
};
const processed = ({ url }: { url: string }) =>
  until('it has been processed', async () => {
    const { json } = await service.ask(url);
    return json.processing_status === 'pending' ? undefined : json;
  });

test(
  'a report that a pipeline sends as to its code host is found, gated, published and searched',
  async () => {
    const sent = await send(JSON.stringify(sarif([result(12), result(40)])));
    const done = await processed(sent);
    expect(done).toMatchObject({ processing_status: 'complete', errors: null });
    const { findings } = (await service.ask(done.analyses_url)).json;
    expect(findings).toHaveLength(2);
    expect(findings[0]).toMatchObject({
      tool: 'CodeQL',
      rule: 'js/sqli',
      severity: 'high',
      score: 8.8,
      identifiers: ['CWE-89'],
      location: { path: 'src/orders.js', start_line: 12 },
    });

    const testId = new URL(done.analyses_url, 'http://x').pathname.split('/')[3] as string;
    const scan = await service.ended(testId);
    expect(scan).toMatchObject({
      status: 'SUCCEEDED',
      source_type: 'sarif',
      commit: COMMIT,
      verdict: 'failed',
      upload_status: 'uploaded',
      indexed: 2,
    });
    expect(scan.violations).toEqual([expect.stringMatching(/^high/)]);
    const { hits } = await service.get('/v1/search?q=depends+on+a+value');
    expect(hits).toHaveLength(2);
    const folder = await service.its.download({ ...service.its.newScan(), testId });
    const keys = service.its.common.CERTUS_KEY_SET_FILE;
    expect(await service.certus('verify', folder, '--keys', keys)).toMatchObject({ code: 0 });

    // the same once more starts nothing; for another commit it is another report, held against this one
    expect(await send(JSON.stringify(sarif([result(12), result(40)])))).toEqual(sent);
    const next = await send(JSON.stringify(sarif([result(12)])), 'cd'.repeat(20));
    expect(next.id).not.toBe(sent.id);
    const { analyses_url } = await processed(next);
    const later = new URL(analyses_url, 'http://x').pathname.split('/')[3] as string;
    expect(await service.ended(later)).toMatchObject({
      baseline_test_id: testId,
      changes: { new: 0, fixed: 1 },
    });
    const { scans } = await service.get('/v1/security-scans?limit=100');
    expect(scans).toHaveLength(2);
  },
  MINUTE,
);

test.each([
  ['is no SARIF', '{"hello": "world"}'],
  ['is no JSON', '<sarif/>'],
])('a report that %s has failed, and says why', async (_, content) => {
  const { processing_status, errors, analyses_url } = await processed(await send(content));
  expect({ processing_status, analyses_url }).toEqual({ processing_status: 'failed', analyses_url: null });
  expect(errors).toEqual([expect.stringMatching(/^[a-z_]+: .{10,}/)]);
});
