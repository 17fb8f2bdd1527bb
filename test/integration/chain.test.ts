// needs: postgres, temporal, s3, registry, cosign
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ServiceError, WorkflowFailedError } from '@temporalio/client';
import { readEvidence } from '../../activities/custody/read-evidence.ts';
import type { RunRecord } from '../../activities/scan/record-scan.ts';
import { readBundleFolder } from '../../cli/bundle-folder.ts';
import { BUNDLE } from '../../contracts/bundle.ts';
import type { KeyRole } from '../../contracts/keys.ts';
import { rawPrefix } from '../../contracts/object-keys.ts';
import type { Step } from '../../contracts/scan.ts';
import { PREDICATE } from '../../contracts/statements.ts';
import { PROGRESS_QUERY, WORKFLOWS, workflowId } from '../../contracts/workflow-names.ts';
import type { ScanInput } from '../../contracts/workflows.ts';
import { taskQueue, ZONES, type Zone } from '../../contracts/zones.ts';
import { checkEvidence } from '../../domain/custody/check-evidence.ts';
import { permitStatement } from '../../domain/custody/permit-statement.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import { verifyBundle } from '../../domain/custody/verify-bundle.ts';
import { recordPermit } from '../../services/database/permits.ts';
import { findScan } from '../../services/database/scans.ts';
import { openFileSigner } from '../../services/keys/file-signer.ts';
import { openSearchIndex } from '../../services/search/open-search.ts';
import { toText } from '../histories/format.ts';
import { type Installation, install, keysBelow, scanId, type Variant } from './installation.ts';

const MINUTE = 60_000;

describe.each<Variant>(['embedded', 'distributed'])('the chain, %s', (variant) => {
  let its: Installation;
  let first: ScanInput;

  beforeAll(async () => {
    its = await install(variant);
    await its.workers.start(...ZONES);
  }, 2 * MINUTE);

  afterAll(() => its?.close(), MINUTE);

  const start = (input: ScanInput) =>
    its.client.workflow.start(WORKFLOWS.scan, {
      taskQueue: taskQueue('assurance'),
      workflowId: scanId(input),
      args: [input],
    });
  const finish = (input: ScanInput): Promise<RunRecord> =>
    its.client.workflow.getHandle(scanId(input)).result();
  const row = async ({ testId }: ScanInput) => findScan(its.database, its.scope, testId);
  const permits = ({ testId }: ScanInput) =>
    its.database.client.permit.count({ where: { ...its.scope, testId } });

  /** Waits until the run shows that a step is running, asking no more often than the answer takes. */
  async function until(input: ScanInput, name: string): Promise<void> {
    const handle = its.client.workflow.getHandle(scanId(input));
    for (;;) {
      const steps = await handle.query<Step[]>(PROGRESS_QUERY);
      if (steps.find((step) => step.name === name)?.state === 'running') return;
    }
  }

  test(
    'carries the sample from a folder to findings that can be searched',
    async () => {
      first = its.newScan();
      await start(first);
      const run = await finish(first);
      expect(run).toMatchObject({
        status: 'SUCCEEDED',
        permit: { permitted: true },
        assessment: { verdict: 'failed' },
      });
      expect(await row(first)).toMatchObject({
        status: 'SUCCEEDED',
        verdict: 'failed',
        uploadStatus: 'uploaded',
        indexed: 28,
      });
      expect(await permits(first)).toBe(1);
      const search = await openSearchIndex({}, its.database);
      const { total, hits } = await search.search(its.scope, {
        text: 'private key',
        filters: { test_id: [first.testId] },
        limit: 10,
      });
      expect(total).toBeGreaterThan(0);
      expect(hits.map(({ document }) => document.path)).toContain('deploy/id_rsa');
    },
    MINUTE,
  );

  describe('its golden copy', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await its.download(first);
    });

    test('is verified offline, link by link', async () => {
      const report = verifyBundle(await readBundleFolder(folder), its.keySet);
      expect(report.links.map(({ link, detail, holds }) => (holds ? link : detail))).toEqual([
        'evidence',
        'permit',
        'promotion',
      ]);
      expect(report.verified).toBe(true);
    });

    const cosign = (statement: string, type: string, role: KeyRole, file = BUNDLE.index as string) => {
      const key = its.keys.publicKeyFiles[role];
      const args = [
        'verify-blob-attestation',
        '--key',
        key,
        '--bundle',
        join(folder, statement),
        '--type',
        type,
        '--insecure-ignore-tlog',
        join(folder, file),
      ];
      return spawnSync(process.env.CERTUS_COSIGN ?? '', args, { encoding: 'utf8' });
    };

    test.each<[string, string, KeyRole]>([
      [BUNDLE.provenance, PREDICATE.provenance, 'evidence'],
      [BUNDLE.permit, PREDICATE.permit, 'permit'],
      [BUNDLE.promotion, PREDICATE.promotion, 'promotion'],
    ])(
      'has in %s a statement that stock cosign accepts, of this type and by this key alone',
      (path, type, role) => {
        expect(cosign(path, type, role)).toMatchObject({ status: 0 });
        expect(cosign(path, 'https://example.org/other', role).status).not.toBe(0);
        for (const other of (['evidence', 'permit', 'promotion'] as const).filter((it) => it !== role))
          expect(cosign(path, type, other).status).not.toBe(0);
      },
    );

    test('is refused by cosign and by us when a byte is changed', async () => {
      appendFileSync(join(folder, BUNDLE.index), ' ');
      expect(cosign(BUNDLE.provenance, PREDICATE.provenance, 'evidence').status).not.toBe(0);
      expect(verifyBundle(await readBundleFolder(folder), its.keySet).verified).toBe(false);
    });
  });

  test('leaves no secret and no personal data of the sample in golden, index, database or history', async () => {
    const folder = await its.download(first);
    const golden = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    const tables = await Promise.all([
      its.database.client.searchDocument.findMany({ where: its.scope }),
      its.database.client.scan.findMany({ where: its.scope }),
    ]);
    const histories = await Promise.all(
      (['scan', 'publish', 'ingest'] as const).map(async (kind) =>
        decoded(toText(await its.client.workflow.getHandle(workflowId(kind, first)).fetchHistory())),
      ),
    );
    const everything = [...golden.map(decoded), JSON.stringify(tables), ...histories].join('\n');
    expect(everything).toContain('deploy/id_rsa');
    for (const secret of SECRETS) expect(everything.includes(secret)).toBe(false);
  });

  test(
    'waits for Trust and publishes nothing meanwhile',
    async () => {
      await its.workers.stop('trust');
      const input = its.newScan();
      await start(input);
      await until(input, 'permit');
      expect(await its.inGolden(input)).toEqual([]);
      expect(await row(input)).toMatchObject({ status: 'RUNNING' });
      await its.workers.start('trust');
      expect(await finish(input)).toMatchObject({ status: 'SUCCEEDED' });
      expect((await its.inGolden(input)).length).toBeGreaterThan(0);
    },
    MINUTE,
  );

  /** Puts other bytes in the place of a piece of evidence, as one could who had write access to raw. */
  async function tamper({ testId }: ScanInput): Promise<void> {
    const key = `${rawPrefix(its.scope, testId)}${BUNDLE.findings}`;
    await its.raw.put(key, Buffer.from('{"schema":"https://certus.dev/findings/v1","findings":[]}'), {
      contentType: 'application/json',
    });
  }

  test(
    'denies evidence that was changed after it was signed',
    async () => {
      await its.workers.stop('trust');
      const input = its.newScan();
      await start(input);
      await until(input, 'permit');
      await tamper(input);
      await its.workers.start('trust');
      expect(await finish(input)).toMatchObject({
        status: 'SUCCEEDED',
        permit: { permitted: false, reason: 'hash_mismatch' },
      });
      expect(await row(input)).toMatchObject({ uploadStatus: 'denied', denialReason: 'hash_mismatch' });
      expect(await its.inGolden(input)).toEqual([]);
    },
    MINUTE,
  );

  test(
    'does not publish evidence that was changed after it was permitted',
    async () => {
      await its.workers.stop('transform');
      const input = its.newScan();
      await start(input);
      await until(input, 'publish');
      await tamper(input);
      await its.workers.start('transform');
      await expect(finish(input)).rejects.toBeInstanceOf(WorkflowFailedError);
      expect(await row(input)).toMatchObject({
        status: 'FAILED',
        uploadStatus: 'upload_failed',
        errors: [{ code: 'permit_invalid' }],
      });
      expect(await its.inGolden(input)).toEqual([]);
    },
    MINUTE,
  );

  describe('does not believe a row that says permitted', () => {
    async function withForgedRow(
      statementFor: (input: ScanInput) => Promise<Uint8Array>,
    ): Promise<ScanInput> {
      await its.workers.stop('trust');
      const input = its.newScan();
      await start(input);
      await until(input, 'permit');
      const digest = (await finishedIndex(input)).bundleDigest;
      await recordPermit(its.database, its.scope, {
        id: FORGED,
        testId: input.testId,
        bundleDigest: digest,
        ground: 'run',
        tier: 'verified',
        permitted: true,
        reason: null,
        detail: null,
        violations: [],
        facts: null,
        shadow: null,
        bypass: null,
        policyDigest: null,
        statement: await statementFor(input),
        decidedAt: new Date(),
        expiresAt: new Date(Date.now() + 3_600_000),
      });
      await its.workers.start('trust');
      await expect(finish(input)).rejects.toBeInstanceOf(WorkflowFailedError);
      await its.database.client.permit.deleteMany({ where: { ...its.scope, id: FORGED } });
      return input;
    }
    const FORGED = `permit_${'f'.repeat(32)}`;
    const finishedIndex = async (input: ScanInput) =>
      checkEvidence({
        ...(await readEvidence(its.raw, rawPrefix(its.scope, input.testId))),
        keySet: its.keySet,
      });

    test(
      'with a statement signed by the evidence key',
      async () => {
        const input = await withForgedRow(async (run) => {
          const evidence = await finishedIndex(run);
          const times = { decidedAt: new Date(), expiresAt: new Date(Date.now() + 3_600_000) };
          const policy = { uri: 'https://certus.dev/trust-policy/default', digest: 'a'.repeat(64) };
          const statement = permitStatement({
            id: FORGED,
            evidence,
            tier: 'verified',
            destinations: ['golden', 'oci'],
            policy,
            counted: [],
            version: '1',
            ...times,
          });
          return sealStatement(statement, await openFileSigner(its.keys.evidenceKeyFile));
        });
        expect(await row(input)).toMatchObject({ status: 'FAILED', errors: [{ code: 'permit_invalid' }] });
        expect(await its.inGolden(input)).toEqual([]);
      },
      MINUTE,
    );

    test(
      'with the good permit of another bundle',
      async () => {
        const input = await withForgedRow(async () => {
          const { statement } = await its.database.client.permit.findFirstOrThrow({
            where: { ...its.scope, testId: first.testId },
          });
          return statement ?? new Uint8Array();
        });
        expect(await row(input)).toMatchObject({ status: 'FAILED', errors: [{ code: 'permit_invalid' }] });
        expect(await its.inGolden(input)).toEqual([]);
      },
      MINUTE,
    );
  });

  test(
    'survives kill -9 of each worker at each step: one permit, one golden copy, one provenance',
    async () => {
      const input: ScanInput = {
        ...its.newScan(),
        source: { type: 'directory', path: largeFolder(its.home) },
      };
      // what is frozen cannot do its step before it is killed; the large folder keeps the first two steps busy
      its.workers.freeze('trust', 'transform', 'ingest');
      const handle = await start(input);
      const left = new Map<string, readonly Zone[]>(Object.entries(WORKERS_OF));
      let ended = false;
      const result = handle.result().finally(() => {
        ended = true;
      });
      result.catch(() => undefined); // looked at below, once nobody is killed any more
      while (left.size > 0 && !ended) {
        const step = (await stepsOrNone(input)).find(
          ({ name, state }) => state === 'running' && left.has(name),
        );
        if (step === undefined) continue;
        const zones = left.get(step.name) ?? [];
        left.delete(step.name);
        await its.workers.kill(...zones);
        await its.workers.start(...zones);
      }
      expect(await result).toMatchObject({ status: 'SUCCEEDED' });
      // the two steps between may be quicker than we look
      expect([...left.keys()].filter((name) => name !== 'gate' && name !== 'sign')).toEqual([]);
      expect(await permits(input)).toBe(1);
      const golden = await its.inGolden(input);
      expect(golden.filter((key) => key.endsWith('golden-manifest.json'))).toHaveLength(1);
      expect(golden.filter((key) => key.endsWith(BUNDLE.provenance))).toHaveLength(1);
      expect(verifyBundle(await readBundleFolder(await its.download(input)), its.keySet).verified).toBe(true);
      expect(
        await keysBelow(its.raw, `${rawPrefix(its.scope, input.testId).replace('incoming/', 'work/')}`),
      ).toEqual([]);
      expect(await row(input)).toMatchObject({ status: 'SUCCEEDED', uploadStatus: 'uploaded' });
    },
    5 * MINUTE,
  );

  /** Where the run stands; nothing while the worker that could tell has just been killed. */
  const stepsOrNone = (input: ScanInput): Promise<Step[]> =>
    its.client.workflow
      .getHandle(scanId(input))
      .query<Step[]>(PROGRESS_QUERY)
      .catch((error: unknown) => {
        if (error instanceof ServiceError) return [];
        throw error;
      });
});

/** Enough small files that fetching and searching them takes seconds. */
function largeFolder(home: string): string {
  const folder = join(home, 'large');
  mkdirSync(folder);
  for (let n = 0; n < 4000; n += 1) writeFileSync(join(folder, `${n}.txt`), `line ${n}\n`.repeat(200));
  return folder;
}

const WORKERS_OF: Readonly<Record<string, readonly Zone[]>> = {
  fetch: ['assurance'],
  scan: ['assurance'],
  gate: ['assurance'],
  sign: ['assurance'],
  permit: ['trust'],
  publish: ['transform', 'ingest'],
};

/** What the sample gives away, taken from the sample itself. */
const SECRETS = ((): string[] => {
  const read = (path: string) => readFileSync(resolve('samples/leaky-shop', path), 'utf8');
  const all = [
    read('src/payment.js'),
    read('config/database.yml'),
    read('deploy/notify.sh'),
    read('docs/runbook.md'),
  ].join('\n');
  const found = (pattern: RegExp) => [...all.matchAll(pattern)].map((match) => match[1] ?? match[0]);
  const secrets = [
    ...found(/AKIA[A-Z0-9]{16}/g),
    ...found(/secretAccessKey: '([^']+)'/g),
    ...found(/AWS_SECRET_ACCESS_KEY=(\S+)/g),
    ...found(/shop_admin:([^@]+)@/g),
    ...found(/[\w.]+@[\w-]+\.example/g),
    ...found(/\d+\.\d+\.\d+\.\d+/g),
    ...found(/(?:\d{4} ){3}\d{4}/g),
    ...read('deploy/id_rsa').split('\n').slice(1, -2),
  ];
  if (secrets.length < 30) throw new Error('the sample no longer holds what is looked for');
  return secrets;
})();

/** With everything in base64 readable: payloads of histories and of statements. */
const decoded = (text: string): string =>
  `${text}\n${[...text.matchAll(/"(?:data|payload)": ?"([A-Za-z0-9+/=]+)"/g)].map(([, data]) => Buffer.from(data ?? '', 'base64').toString()).join('\n')}`;
