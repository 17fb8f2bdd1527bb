// needs: postgres
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { archiveCopy } from '../../../activities/golden/archive-copy.ts';
import { auditCopy } from '../../../activities/golden/audit-copy.ts';
import { beginAudit, nextCopies, noteAudit, noteUnaudited } from '../../../activities/golden/begin-audit.ts';
import { buryCopy } from '../../../activities/golden/bury-copy.ts';
import { clearCopy } from '../../../activities/golden/clear-copy.ts';
import { findUnrecorded, tenantsToAudit } from '../../../activities/golden/find-unrecorded.ts';
import { quarantineGolden } from '../../../activities/publish/quarantine-golden.ts';
import { logQuarantine } from '../../../activities/trust/known/log-quarantine.ts';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { CertusError } from '../../../contracts/errors.ts';
import {
  goldenManifestKey,
  goldenPrefix,
  quarantineNoticeKey,
  tombstoneKey,
} from '../../../contracts/object-keys.ts';
import { RetentionPolicy } from '../../../contracts/retention.ts';
import type { PublishInput } from '../../../contracts/workflows.ts';
import { openQuarantine } from '../../../domain/custody/quarantine-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { findAudit } from '../../../services/database/golden-audits.ts';
import { findGoldenCopy } from '../../../services/database/golden-copies.ts';
import { retentionPolicies } from '../../../services/database/retention-policies.ts';
import { KEYS } from '../../unit/domain/custody-fixture.ts';
import { order } from '../permit/trust-fixture.ts';
import {
  auditDeps,
  claimed,
  drift,
  flip,
  type GoldenZones,
  keyOf,
  look,
  openGoldenZones,
  promotedDocuments,
  promotedScan,
  replace,
  reworded,
} from './golden-fixture.ts';
import { wanted } from './promotion-fixture.ts';

let folder: string;
let database: Database;
let zones: GoldenZones;

beforeAll(() => {
  database = openDatabase(process.env.CERTUS_DATABASE_URL!);
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-audit-'));
  zones = await openGoldenZones(folder, database);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => database.close());

const RETENTION = { schema: 'https://certus.dev/retention-policy/v1', name: 'r' };
const both = async (): Promise<PublishInput[]> => [await promotedScan(zones), await promotedDocuments(zones)];
const shown = async ({ scope, testId }: PublishInput) =>
  (await zones.golden.head(goldenManifestKey(scope, testId))) !== undefined;
const manifestOf = ({ scope, testId }: PublishInput) => goldenManifestKey(scope, testId);

async function objectsOf(run: PublishInput): Promise<string[]> {
  const keys: string[] = [manifestOf(run)];
  for await (const { key } of zones.golden.list(goldenPrefix(run.scope, run.testId))) keys.push(key);
  return keys;
}

describe('a copy that is as it was promoted', () => {
  test('is found so, of scans and of documents that were masked or held back', async () => {
    for (const run of await both())
      expect(await look(zones, run)).toMatchObject({ place: 'golden', drift: [] });
  });

  test('has not drifted because a key was revoked since, and that is told', async () => {
    const run = await promotedScan(zones);
    const revoked = {
      at: '2026-07-01T00:00:00.000Z',
      reason: 'key_compromise',
      invalid_since: null,
    } as const;
    const all = [KEYS.evidence, KEYS.permit, KEYS.promotion].map(({ trusted }) => trusted.id);
    const { keySet } = zones.transform;
    const keys = keySet.keys.map((key) => (all.includes(key.id) ? { ...key, revoked } : key));
    const looked = await look(zones, run, { keySet: { ...keySet, keys } });
    expect(looked).toMatchObject({ place: 'golden', drift: [] });
    expect([...looked.revoked].sort()).toEqual([...all].sort());
  });

  test('is not judged by what rows say of it', async () => {
    const run = await promotedScan(zones);
    await database.client.permit.updateMany({
      where: { id: run.permitId },
      data: { statement: new Uint8Array(Buffer.from('forged')), bundleDigest: 'f'.repeat(64) },
    });
    await database.client.goldenCopy.updateMany({
      where: { testId: run.testId },
      data: { bundleDigest: 'f'.repeat(64), class: 'archived', component: 'other' },
    });
    expect(await drift(zones, run)).toEqual([]);
  });

  test('nor by a file of keys that is not ours', async () => {
    const run = await promotedScan(zones);
    const { keySet } = zones.transform;
    const keys = keySet.keys.filter(({ role }) => role !== 'promotion');
    const judged = look(zones, run, { keySet: { ...keySet, keys } });
    await expect(judged).rejects.toMatchObject({ code: 'key_unusable' });
  });
});

describe('what was changed is found', () => {
  test('one bit of any object that golden holds of it', async () => {
    for (const run of await both())
      for (const key of await objectsOf(run)) {
        await flip(zones, key);
        expect([key, (await drift(zones, run)).length]).not.toEqual([key, 0]);
        await flip(zones, key);
        expect([key, await drift(zones, run)]).toEqual([key, []]);
      }
  });

  test('also where the store was told that it is so', async () => {
    const run = await promotedScan(zones);
    await replace(zones, keyOf(run, BUNDLE.findings), () => Buffer.from('{"findings":[ ]}'));
    expect(await drift(zones, run)).toEqual([`hash_mismatch ${BUNDLE.findings}`]);
  });

  test('an object that is missing, and one that nobody promoted', async () => {
    const run = await promotedDocuments(zones);
    await zones.golden.remove(keyOf(run, 'documents/active/masked.md'));
    await zones.golden.put(keyOf(run, 'documents/active/held.md'), Buffer.from('HOLD this'), {
      contentType: 'text/markdown',
    });
    expect((await drift(zones, run)).sort()).toEqual([
      'missing_file documents/active/masked.md',
      'unlisted_file documents/active/held.md',
    ]);
  });

  test('each statement that is missing', async () => {
    for (const path of [
      BUNDLE.provenance,
      BUNDLE.permit,
      BUNDLE.sanitize,
      BUNDLE.promotion,
      BUNDLE.permitProof,
    ]) {
      const run = await promotedScan(zones);
      await zones.golden.remove(keyOf(run, path));
      expect((await drift(zones, run)).join()).toContain(path);
    }
  });

  test('a manifest that leaves something out, or says something else', async () => {
    const changes: Record<string, (manifest: Record<string, unknown>) => unknown> = {
      files: ({ files, ...rest }) => ({ ...rest, files: (files as object[]).slice(1) }),
      promoted_at: (manifest) => ({ ...manifest, promoted_at: '2026-06-02T00:00:00.000Z' }),
      component_id: (manifest) => ({ ...manifest, component_id: 'other' }),
      prefix: (manifest) => ({ ...manifest, prefix: 'globex/web/' }),
      bypass: (manifest) => ({
        ...manifest,
        bypass: { order_id: 'order_1', by: 'eve', reason: 'none', until: '2027-01-01T00:00:00.000Z' },
      }),
    };
    for (const [name, change] of Object.entries(changes)) {
      const run = await promotedScan(zones);
      await replace(zones, manifestOf(run), (bytes) =>
        Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(bytes).toString())))),
      );
      const { drift: found } = await look(zones, run);
      expect(found.map(({ code }) => code)).toContain('manifest_altered');
      expect(found.map(({ message }) => message).join()).toContain(`"${name}"`);
    }
  });

  test('statements of another run, each of which holds where it belongs', async () => {
    for (const path of [BUNDLE.provenance, BUNDLE.permit, BUNDLE.sanitize, BUNDLE.promotion]) {
      const [run, other] = [await promotedScan(zones), await promotedScan(zones)];
      const foreign = await zones.golden.read(keyOf(other, path), 1e6);
      await replace(zones, keyOf(run, path), () => foreign);
      expect((await drift(zones, run)).join()).toContain(path);
    }
  });

  test('a whole copy of another run', async () => {
    const [run, other] = [await promotedScan(zones), await promotedScan(zones)];
    const from = goldenPrefix(other.scope, other.testId);
    for (const key of await objectsOf(other)) {
      const to = key === manifestOf(other) ? manifestOf(run) : keyOf(run, key.slice(from.length));
      const bytes = await zones.golden.read(key, 1e6);
      await zones.golden.put(to, bytes, { contentType: 'application/json' });
    }
    expect(await drift(zones, run)).toContain(`wrong_scope ${BUNDLE.promotion}`);
  });

  test('a permit that somebody else signed, whatever the row of the permit says', async () => {
    const run = await promotedScan(zones);
    const permit = await zones.golden.read(keyOf(run, BUNDLE.permit), 1e6);
    const { dsseEnvelope } = JSON.parse(Buffer.from(permit).toString());
    const said = JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString());
    const forged = await sealStatement(said, KEYS.stranger.signer);
    await replace(zones, keyOf(run, BUNDLE.permit), () => forged);
    await database.client.permit.updateMany({
      where: { id: run.permitId },
      data: { statement: new Uint8Array(forged) },
    });
    const found = await drift(zones, run);
    expect(found).toContain(`hash_mismatch ${BUNDLE.permit}`);
    expect(found).toContain(`untrusted_signer ${BUNDLE.permit}`);
  });

  test('evidence that nobody vouches for whom we know', async () => {
    const run = await promotedScan(zones);
    const { keySet } = zones.transform;
    const keys = keySet.keys.filter(({ role }) => role !== 'evidence');
    const { drift: found } = await look(zones, run, { keySet: { ...keySet, keys } });
    expect(found).toMatchObject([{ code: 'untrusted_signer', path: BUNDLE.provenance }]);
  });

  test('a promotion that says something else than was signed', async () => {
    const run = await promotedScan(zones);
    await replace(zones, keyOf(run, BUNDLE.promotion), (bytes) =>
      reworded(bytes, 'promotedOn', 'promotedOff'),
    );
    expect(await drift(zones, run)).toContain(`signature_invalid ${BUNDLE.promotion}`);
  });

  test('a copy of which nothing is left', async () => {
    const run = await promotedScan(zones);
    for (const key of await objectsOf(run)) await zones.golden.remove(key);
    expect(await look(zones, run)).toMatchObject({ place: 'gone', drift: [{ code: 'missing_file' }] });
  });
});

describe('a copy that is elsewhere', () => {
  async function archived(run: PublishInput): Promise<void> {
    for (const key of (await objectsOf(run)).reverse()) {
      await zones.archive.put(key, await zones.golden.read(key, 1e6), { contentType: 'application/json' });
      if (key === manifestOf(run)) await zones.golden.remove(key);
    }
  }

  test('is held to the same in the archive', async () => {
    const run = await promotedScan(zones);
    await archived(run);
    expect(await look(zones, run)).toMatchObject({ place: 'archive', drift: [] });
    await zones.archive.remove(keyOf(run, BUNDLE.findings));
    expect(await look(zones, run)).toMatchObject({ place: 'archive', drift: [{ code: 'missing_file' }] });
  });

  test('and one that is on its way there has not drifted', async () => {
    const run = await promotedScan(zones);
    let looks = 0;
    const list: GoldenZones['golden']['list'] = async function* (prefix) {
      if (looks++ === 0) {
        await archived(run);
        await zones.golden.remove(keyOf(run, BUNDLE.findings));
      }
      yield* zones.golden.list(prefix);
    };
    const golden = Object.assign(Object.create(zones.golden), { list });
    expect(await look(zones, run, { golden })).toMatchObject({ place: 'archive', drift: [] });
    expect(looks).toBe(1);
  });

  const deletion = () => ({ ...zones.transform, archive: zones.archive });

  test('by the retention of its workspace is held to the same, and so is what is left of it then', async () => {
    for (const run of await both()) {
      await retention(run, { hot_days: 1 });
      const later = () => new Date('2026-06-09T12:00:00.000Z');
      await archiveCopy({ ...deletion(), now: later }, run, wanted);
      expect(await look(zones, run)).toMatchObject({ place: 'archive', drift: [] });
    }
  });

  async function retention({ scope }: PublishInput, days: object): Promise<void> {
    const policy = RetentionPolicy.parse({ ...RETENTION, ...days });
    const { workspace } = scope;
    const { order: given } = await order(database, { kind: 'set_retention', workspace, policy });
    const version = (await retentionPolicies.newest(database, 'acme', workspace)).length + 1;
    await retentionPolicies.add(database, 'acme', {
      ...{ workspace, version, digest: 'd'.repeat(64), document: policy, setBy: given.by },
      ...{ setAt: new Date(given.given_at), orderId: given.id },
    });
  }

  test('or deleted, is held to its tombstone', async () => {
    for (const run of await both()) {
      const { scope, testId } = run;
      const { order: given } = await order(database, {
        kind: 'delete_evidence',
        workspace: scope.workspace,
        test_id: testId,
        bundle_digest: run.bundle.digest,
        reason: 'asked for',
      });
      const bundleDigest = run.bundle.digest;
      await buryCopy(deletion(), { scope, testId, bundleDigest, orderId: given.id });
      expect(await look(zones, run)).toMatchObject({ place: 'deleted', drift: [] });
      await clearCopy(deletion(), run, wanted);
      expect(await look(zones, run)).toMatchObject({ place: 'deleted', drift: [] });
      await flip(zones, keyOf(run, BUNDLE.permit));
      expect((await drift(zones, run)).join()).toContain(`hash_mismatch ${BUNDLE.permit}`);
      await flip(zones, keyOf(run, BUNDLE.permit));
      await zones.golden.put(keyOf(run, 'new.json'), Buffer.from('{}'), { contentType: 'application/json' });
      expect(await drift(zones, run)).toEqual(['unlisted_file new.json']);
      const taken = quarantineGolden(zones.transform, claimed(run), wanted);
      await expect(taken).rejects.toMatchObject({ code: 'order_invalid' });
    }
  });

  test('and a tombstone that nobody signed hides nothing', async () => {
    const run = await promotedScan(zones);
    const key = tombstoneKey(run.scope, run.testId);
    await zones.golden.put(key, Buffer.from('{}'), { contentType: 'application/json' });
    expect(await drift(zones, run)).toEqual(['unlisted_file tombstone.sigstore.json']);
    await zones.golden.remove(manifestOf(run));
    expect(await look(zones, run)).toMatchObject({ place: 'gone', drift: [{ code: 'missing_file' }] });
  });

  test('nor one whose store is away: that is an error, and no finding', async () => {
    const run = await promotedScan(zones);
    const away = () => Promise.reject(new CertusError('dependency_unavailable', 'no store'));
    const golden = Object.assign(Object.create(zones.golden), { open: away });
    await expect(look(zones, run, { golden })).rejects.toMatchObject({ code: 'dependency_unavailable' });
  });
});

describe('a changed copy is taken away', () => {
  const audited = async (run: PublishInput) => {
    const { scope, testId } = run;
    return auditCopy(auditDeps(zones), { scope, testId, since: '2026-06-01T00:00:00.000Z' }, wanted);
  };

  test('and what Transform signs about it is what it saw, without the name of a document', async () => {
    const run = await promotedDocuments(zones);
    await replace(zones, keyOf(run, 'documents/active/Erika Mustermann.md'), () => Buffer.from('changed'));
    const { findings, quarantine } = await audited(run);
    expect(JSON.stringify({ findings, quarantine })).not.toContain('Mustermann');
    expect(findings).toMatchObject([{ code: 'hash_mismatch', drift: true }]);
    if (quarantine === null) throw new Error('not to be taken away');
    const lie = { ...quarantine, cause: { drift: [{ code: 'made_up', path: 'anything' }] } };
    const { notice } = await quarantineGolden(zones.transform, lie, wanted);
    const about = { ...run.scope, testId: run.testId };
    const { statement } = openQuarantine(Buffer.from(notice), about, zones.transform.keySet);
    expect(statement.predicate.cause).toEqual({
      drift: [{ code: 'hash_mismatch', path: expect.stringMatching(/^documents\/#\d$/) }],
    });
    expect(await shown(run)).toBe(false);
    expect(await look(zones, run)).toMatchObject({ place: 'quarantine', drift: [] });
    expect(await logQuarantine(zones.trust.deps, quarantine, notice)).toEqual(expect.any(Number));
    const row = await findGoldenCopy(database, run.scope, run.testId);
    expect(row?.findings).toMatchObject([{ path: 'documents/active/Erika Mustermann.md', drift: true }]);
  });

  test('after a crash as well, and no second time', async () => {
    const run = await promotedScan(zones);
    await flip(zones, keyOf(run, BUNDLE.findings));
    const crash = () => Promise.reject(new Error('crashed'));
    const quarantine = Object.assign(Object.create(zones.quarantine), {
      put: (key: string, ...rest: [never, never]) =>
        key === manifestOf(run) ? zones.quarantine.put(key, ...rest) : crash(),
    });
    const dying = { ...zones.transform, quarantine };
    await expect(quarantineGolden(dying, claimed(run), wanted)).rejects.toThrow('crashed');
    expect(await shown(run)).toBe(false);
    const first = await zones.golden.read(quarantineNoticeKey(run.scope, run.testId), 1e6);
    const { notice } = await quarantineGolden(zones.transform, claimed(run), wanted);
    expect(notice).toBe(Buffer.from(first).toString());
    expect((await quarantineGolden(zones.transform, claimed(run), wanted)).notice).toBe(notice);
  });

  test('but one that is as it was promoted is not, whoever says that it changed', async () => {
    for (const run of await both()) {
      const taken = quarantineGolden(zones.transform, claimed(run), wanted);
      await expect(taken).rejects.toMatchObject({ code: 'order_invalid' });
      expect([await shown(run), await drift(zones, run)]).toEqual([true, []]);
    }
  });

  test('nor one that golden does not show: a promotion under way is nobody to be stopped by this', async () => {
    const run = await promotedScan(zones);
    await zones.golden.remove(manifestOf(run));
    await flip(zones, keyOf(run, BUNDLE.findings));
    expect((await audited(run)).quarantine).toBeNull();
    const taken = quarantineGolden(zones.transform, claimed(run), wanted);
    await expect(taken).rejects.toMatchObject({ code: 'order_invalid' });
    expect(await zones.golden.head(quarantineNoticeKey(run.scope, run.testId))).toBeUndefined();
  });

  test('also where the store lets nobody remove it: it is hidden, and that it stays is told', async () => {
    const run = await promotedScan(zones);
    await flip(zones, keyOf(run, BUNDLE.scan));
    const locked = keyOf(run, BUNDLE.findings);
    const golden = Object.assign(Object.create(zones.golden), {
      remove: (key: string) =>
        key === locked
          ? Promise.reject(new CertusError('object_retained', 'until then'))
          : zones.golden.remove(key),
    });
    const { notices } = await quarantineGolden({ ...zones.transform, golden }, claimed(run), wanted);
    expect(notices.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
      `digest_mismatch ${BUNDLE.scan}`,
      `object_retained ${BUNDLE.findings}`,
    ]);
    expect(await shown(run)).toBe(false);
  });

  test('a notice that nobody signed hides nothing; one of ours beside a copy that shows does not either', async () => {
    const run = await promotedScan(zones);
    const key = quarantineNoticeKey(run.scope, run.testId);
    await zones.golden.put(key, Buffer.from('{}'), { contentType: 'application/json' });
    expect(await drift(zones, run)).toEqual(['unlisted_file quarantine.sigstore.json']);
    const manifest = await zones.golden.read(manifestOf(run), 1e6);
    await quarantineGolden(zones.transform, claimed(run), wanted);
    await zones.golden.put(manifestOf(run), manifest, { contentType: 'application/json' });
    expect(await drift(zones, run)).toContain('quarantined golden-manifest.json');
    await quarantineGolden(zones.transform, claimed(run), wanted);
    expect(await shown(run)).toBe(false);
  });
});

describe('an audit', () => {
  const id = () => `audit_${zones.scope.workspace.slice(2).padEnd(24, '0').slice(0, 24)}`;
  const audit = (sample = 1) => ({ id: id(), tenant: 'acme', workspace: zones.scope.workspace, sample });

  test('begins with what waits the longest, and looks at each copy once', async () => {
    const deps = { ...auditDeps(zones), now: () => new Date() };
    const runs = [await promotedScan(zones), await promotedScan(zones), await promotedScan(zones)];
    const { since, copies } = await beginAudit(deps, audit(0.5));
    expect(copies).toBe(2);
    const next = () => nextCopies(deps, audit(), { since, limit: 2 });
    const first = await next();
    expect(await next()).toEqual(first);
    for (const copy of first) await auditCopy(deps, copy, wanted);
    const [last, ...others] = await next();
    expect(others).toEqual([]);
    expect([...first, last].map((copy) => copy?.testId).sort()).toEqual(
      runs.map(({ testId }) => testId).sort(),
    );
    if (last !== undefined) await auditCopy(deps, last, wanted);
    const later = { ...deps, now: () => new Date(Date.now() + 60_000) };
    const again = { ...audit(), id: `${id().slice(0, -1)}f` };
    const second = await beginAudit(later, again);
    expect(await nextCopies(later, again, { since: second.since, limit: 1 })).toMatchObject([
      { testId: first[0]?.testId },
    ]);
  });

  test('tells what it found, counted once however often it is asked, and not what it could not look at', async () => {
    const deps = { ...auditDeps(zones), now: () => new Date() };
    const [sound, changed, odd] = [
      await promotedScan(zones),
      await promotedScan(zones),
      await promotedScan(zones),
    ];
    await flip(zones, keyOf(changed, BUNDLE.findings));
    const { since } = await beginAudit(deps, audit());
    for (const { scope, testId } of [sound, changed, changed])
      await auditCopy(deps, { scope, testId, since }, wanted);
    const failed = { code: 'key_unusable', message: 'no list of keys' };
    await noteUnaudited(deps, { scope: odd.scope, testId: odd.testId, since }, failed);
    const found = { since, unrecorded: [] };
    await noteAudit(deps, audit(), found, 'running');
    await noteAudit(deps, audit(), found, 'done');
    await noteAudit(deps, audit(), found, 'failed');
    const record = await findAudit(database, 'acme', id());
    expect(record).toMatchObject({ state: 'done', checked: 3, drifted: 1 });
    expect(record?.findings.map(({ testId, code, drift: is }) => [testId, code, is]).sort()).toEqual(
      [
        [changed.testId, 'hash_mismatch', true],
        [odd.testId, 'key_unusable', false],
      ].sort(),
    );
    expect(await findAudit(database, 'globex', id())).toBeUndefined();
    expect(await nextCopies(deps, audit(), { since, limit: 9 })).toEqual([]);
  });

  test('finds what golden shows and no row knows, and not what is still on its way', async () => {
    const [known, unknown, coming] = [
      await promotedScan(zones),
      await promotedScan(zones),
      await promotedScan(zones),
    ];
    await zones.golden.remove(manifestOf(coming));
    const rows = [unknown, coming].map(({ testId }) => testId);
    await database.client.goldenCopy.deleteMany({ where: { testId: { in: rows } } });
    const { runs, more } = await findUnrecorded(auditDeps(zones), audit(), wanted);
    expect([runs.map(({ testId }) => testId), more]).toEqual([[unknown.testId], false]);
    expect(known.testId).not.toBe(unknown.testId);
    await zones.golden.put(
      'globex/web/security-scans/test_0123456789ab/golden-manifest.json',
      Buffer.from('{}'),
      {
        contentType: 'application/json',
      },
    );
    expect(await tenantsToAudit(auditDeps(zones), wanted)).toEqual(
      expect.arrayContaining(['acme', 'globex']),
    );
    expect((await findUnrecorded(auditDeps(zones), audit(), wanted)).runs).toHaveLength(1);
  });

  test('takes no row at its word that names another place', async () => {
    const judged = look(zones, {
      scope: { tenant: 'acme', workspace: '../globex' },
      testId: 'test_0123456789ab',
    });
    await expect(judged).rejects.toMatchObject({ code: 'invalid_key' });
  });
});
