/** A record as OSV publishes them. */
export const osvRecord = (
  id: string,
  ecosystem: string,
  name: string,
  events: readonly Record<string, string>[],
  more: Record<string, unknown> = {},
) => ({
  schema_version: '1.6.0',
  id,
  modified: '2025-03-01T00:00:00Z',
  published: '2024-01-01T00:00:00Z',
  summary: `An issue in ${name}`,
  affected: [{ package: { ecosystem, name, purl: 'x' }, ranges: [{ type: 'SEMVER', events }] }],
  references: [{ type: 'WEB', url: 'https://example.org' }],
  ...more,
});

const LODASH = [{ introduced: '0' }, { fixed: '4.17.21' }];
export const RECORDS = [
  osvRecord('GHSA-aaaa-bbbb-cccc', 'npm', 'lodash', LODASH, {
    aliases: ['CVE-2021-1'],
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
    database_specific: { severity: 'CRITICAL', cwe_ids: ['CWE-1'] },
  }),
  osvRecord('GHSA-dddd-eeee-ffff', 'npm', 'lodash', [{ introduced: '4.0.0' }], {
    withdrawn: '2024-02-01T00:00:00Z',
  }),
  osvRecord('MAL-2025-1', 'npm', '@scope/util', [{ introduced: '0' }], { modified: '2025-04-01T00:00:00Z' }),
  osvRecord('PYSEC-1', 'PyPI', 'django', LODASH),
];
