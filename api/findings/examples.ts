import type { FindingView } from '../../contracts/finding-list.ts';

const FINGERPRINT = '1b4f0e9851971998e732078544c96b36c3d01cedf7caa332359d6f1d83567014';

export const findingExample: FindingView = {
  fingerprint: FINGERPRINT,
  kind: 'code',
  tool: 'sast',
  rule: 'js/sql-injection',
  title: 'SQL built from input',
  severity: 'high',
  source_severity: null,
  score: null,
  confidence: 'high',
  message: 'A value from the request becomes part of an SQL statement.',
  location: { path: 'src/orders.js', start_line: 12, start_column: 3, end_line: 12, end_column: 48 },
  snippet: "db.query('SELECT * FROM orders WHERE id = ' + id)",
  related_locations: [],
  flows: [],
  identifiers: ['CWE-89'],
  package: null,
  fix: 'Pass the value as a parameter of the statement.',
  suppressed: null,
  sources: [{ tool: 'sast', rule: 'js/sql-injection', fingerprint: FINGERPRINT }],
  change: 'new',
  triage: null,
};

export const triageExample = {
  fingerprint: FINGERPRINT,
  state: 'accepted' as const,
  reason: 'Only reachable from the build machine; mended in 2.5.',
  actor: 'ana@example.org',
  until: '2026-12-31T00:00:00.000Z',
  decided_at: '2026-11-01T09:30:00.000Z',
};

export const triageRequestExample = {
  component_id: 'payments',
  fingerprints: [FINGERPRINT],
  state: 'accepted',
  reason: triageExample.reason,
  until: triageExample.until,
  actor: triageExample.actor,
};
