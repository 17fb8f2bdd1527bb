import { describe, expect, test } from '@jest/globals';
import type { Principal } from '../../../api/authentication.ts';
import { type Report, requestDigest, scanInput, scanOfReport } from '../../../api/scans/accepted-scan.ts';
import { requestExamples } from '../../../api/scans/examples.ts';
import { ScanCreateRequest } from '../../../contracts/scan.ts';
import { ScanInput, type Source } from '../../../contracts/workflows.ts';

const principal: Principal = { tenant: 'default', subject: 'local', roles: [] };
const source: Source = { type: 'git', url: 'https://example.org/p.git' };
const input = (fields: object = {}, key?: string, who = principal, from: Source = source) =>
  scanInput(
    who,
    ScanCreateRequest.parse({ component_id: 'c', git_url: 'x', ...fields }),
    from,
    key,
    new Date(),
  );

const manifest = (...names: string[]) => ({
  product: 'p',
  version: '1',
  profiles: names.map((name) => ({ name, tools: ['secrets'] })),
});

test.each(Object.entries(requestExamples))(
  'the documented example %s is a valid request',
  (_name, example) => {
    expect(() => ScanCreateRequest.parse(example)).not.toThrow();
  },
);

test('what is handed to the workflow is what the workflow expects', () => {
  expect(() => ScanInput.parse(input())).not.toThrow();
});

describe('the test id', () => {
  test('is new each time without a key', () => {
    expect(input().testId).not.toBe(input().testId);
  });

  test('follows from tenant, workspace and key', () => {
    const { testId } = input({}, 'k');
    expect(testId).toMatch(/^test_[0-9a-f]{24}$/);
    expect(input({ component_id: 'other' }, 'k').testId).toBe(testId);
    expect(input({}, 'l').testId).not.toBe(testId);
    expect(input({ workspace_id: 'w' }, 'k').testId).not.toBe(testId);
    expect(input({}, 'k', { tenant: 'other', roles: [], subject: 'local' }).testId).not.toBe(testId);
  });
});

describe('the digest of a request', () => {
  test('is the same for the same request, whenever it is made', () => {
    expect(requestDigest(input({}, 'k'))).toBe(requestDigest({ ...input({}, 'k'), requestedAt: 'later' }));
  });

  test.each([
    { component_id: 'other' },
    { assessment_id: 'other' },
    { requested_by: 'me' },
    { manifest: manifest('light') },
  ])('differs with %j', (fields) => {
    expect(requestDigest(input(fields))).not.toBe(requestDigest(input()));
  });

  test('differs with the source', () => {
    const other = input({}, undefined, principal, { ...source, branch: 'main' });
    expect(requestDigest(other)).not.toBe(requestDigest(input()));
  });
});

describe('the profile', () => {
  test('must be one of the manifest, and the answer names those', () => {
    expect(() => input({ profile: 'heavy', manifest: manifest('a', 'b') })).toThrow(
      expect.objectContaining({ code: 'unknown_profile', message: expect.stringContaining('a, b') }),
    );
  });

  test('is found by the rule of the run, whatever the case of its name', () => {
    expect(input({ profile: 'Release', manifest: manifest('release') }).profile).toBe('Release');
  });

  test('is looked for in the built-in manifest when none was brought', () => {
    expect(input().profile).toBe('light');
    expect(() => input({ profile: 'heavy' })).toThrow(expect.objectContaining({ code: 'unknown_profile' }));
  });
});

describe('the run of a report', () => {
  const report: Report = {
    scope: { tenant: 'default', workspace: 'w' },
    component: 'c',
    profile: 'light',
    source: {
      type: 'sarif',
      sha256: 'a'.repeat(64),
      commit: 'b'.repeat(40),
      ref: 'refs/heads/main',
      repository: 'a/b',
    },
  };
  const testId = (change: Partial<Report> = {}, attempt = 0, who = principal) =>
    scanOfReport(who, { ...report, ...change }, attempt).testId;

  test('has an id that reads as a UUID, and is what the workflow expects', () => {
    expect(testId()).toMatch(/^test_[0-9a-f]{12}8[0-9a-f]{3}8[0-9a-f]{15}$/);
    expect(() => ScanInput.parse(scanOfReport(principal, report, 0))).not.toThrow();
  });

  test('is the same for the same report, and another for anything else', () => {
    const others = [
      testId({}, 1),
      testId({ component: 'd' }),
      testId({ scope: { tenant: 'other', workspace: 'w' } }),
      testId({ scope: { tenant: 'default', workspace: 'v' } }),
      testId({ source: { type: 'directory', path: '/x' } }),
      testId({}, 0, { tenant: 'default', roles: [], subject: 'somebody' }),
    ];
    expect(testId()).toBe(testId());
    expect(new Set([testId(), ...others]).size).toBe(others.length + 1);
  });

  test('needs a profile that there is', () => {
    expect(() => testId({ profile: 'heavy' })).toThrow(expect.objectContaining({ code: 'unknown_profile' }));
  });
});
