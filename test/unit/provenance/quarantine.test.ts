import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PublishDeps } from '../../../activities/publish/deps.ts';
import { promote } from '../../../activities/publish/promote.ts';
import { publishOci } from '../../../activities/publish/publish-oci.ts';
import { type QuarantineDeps, quarantineGolden } from '../../../activities/publish/quarantine-golden.ts';
import { hideIfQuarantined, requireNotQuarantined } from '../../../activities/publish/quarantine-notice.ts';
import { withdrawIfQuarantined, withdrawOci } from '../../../activities/publish/withdraw-oci.ts';
import { logQuarantine } from '../../../activities/trust/known/log-quarantine.ts';
import { BUNDLE, type GoldenManifest } from '../../../contracts/bundle.ts';
import type { KeySet } from '../../../contracts/keys.ts';
import {
  goldenManifestKey,
  goldenPrefix,
  quarantineNoticeKey,
  rawPrefix,
} from '../../../contracts/object-keys.ts';
import type { TrustAction } from '../../../contracts/orders.ts';
import type { QuarantineInput } from '../../../contracts/quarantine.ts';
import type { LogEntry } from '../../../contracts/transparency.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { orderStatement } from '../../../domain/custody/order-statement.ts';
import type { PermitTerms } from '../../../domain/custody/permit-statement.ts';
import { openQuarantine, quarantineStatement } from '../../../domain/custody/quarantine-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import type { Database } from '../../../services/database/database.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket, ObjectStore } from '../../../services/objects/store.ts';
import { openInspector } from '../../../services/privacy/open-inspector.ts';
import { pushArtifact } from '../../../services/registry/artifact.ts';
import { openLayoutRegistry } from '../../../services/registry/layout-registry.ts';
import {
  bundleFacts,
  bytesOf,
  KEY_SET,
  KEYS,
  makeIndex,
  permitOf,
  provenanceOf,
  RUN,
  type TestKey,
  testKey,
} from '../domain/custody-fixture.ts';
import { PERMIT_ID } from './chain-fixture.ts';

const OPERATOR = testKey('operator');
const PINNED: KeySet = { ...KEY_SET, keys: [...KEY_SET.keys, OPERATOR.trusted] };
const ORDER = `order_${'3'.repeat(32)}`;
const AT = new Date('2026-06-05T12:00:00.000Z');
const scope = { tenant: RUN.tenant, workspace: RUN.workspace };
const run = { scope, testId: RUN.testId };
const prefix = goldenPrefix(scope, RUN.testId);
const manifestKey = goldenManifestKey(scope, RUN.testId);
const noticeKey = quarantineNoticeKey(scope, RUN.testId);
const wanted = new AbortController().signal;
const CONTENT: Record<string, string> = { 'bundle.json': '{}', 'findings.json': 'f', 'reports/a.json': 'a' };
const input: QuarantineInput = {
  scope,
  component: 'shop',
  assessment: 'default',
  testId: RUN.testId,
  permitId: PERMIT_ID,
  bundleDigest: sha256(bytesOf(makeIndex())),
  cause: { orderId: ORDER, keyId: KEYS.evidence.signer.keyId, reason: 'key_compromise' },
};

let folder: string;
let store: ObjectStore;
let deps: QuarantineDeps;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-quarantine-'));
  store = openDirectoryStore(join(folder, 'objects'));
  deps = {
    database: await tables(),
    raw: await store.bucket('raw'),
    golden: await store.bucket('golden'),
    quarantine: await store.bucket('quarantine'),
    registry: openLayoutRegistry(join(folder, 'oci')),
    registryNamespace: 'certus',
    promotionSigner: { ...KEYS.promotion.signer, publicKeyPem: KEYS.promotion.trusted.public_key_pem },
    keySet: PINNED,
    now: () => AT,
  } as QuarantineDeps;
  await putGolden();
  await (await store.bucket('raw')).put(`${rawPrefix(scope, RUN.testId)}${BUNDLE.provenance}`, PROVENANCE, {
    contentType: 'x/y',
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const REVOKE: TrustAction = {
  kind: 'revoke_key',
  key_id: KEYS.evidence.signer.keyId,
  reason: 'key_compromise',
  invalid_since: null,
};

const PROVENANCE = await sealStatement(provenanceOf(makeIndex()), KEYS.evidence.signer);
const REVIEW = await sealStatement({ predicateType: 'https://example.org/review/v1' }, KEYS.stranger.signer);

type Rows = {
  action?: TrustAction;
  signer?: TestKey;
  permit?: Partial<PermitTerms>;
  permitSigner?: TestKey;
  attached?: Uint8Array[];
};

/** The tables of orders, permits and statements: what they hold is checked by its signature anyway. */
async function tables({
  action = REVOKE,
  signer = OPERATOR,
  permit = {},
  permitSigner = KEYS.permit,
  attached = [],
}: Rows = {}): Promise<Database> {
  const order = {
    id: ORDER,
    tenant: RUN.tenant,
    by: 'ada',
    given_at: '2026-06-05T11:00:00.000Z',
    expires_at: '2026-06-06T11:00:00.000Z',
    action,
  };
  const ordered = await sealStatement(orderStatement(order), signer.signer);
  const permitted = await sealStatement(permitOf(makeIndex(), PROVENANCE, permit), permitSigner.signer);
  return {
    client: {
      order: { findUnique: async () => ({ tenant: RUN.tenant, id: ORDER, statement: ordered }) },
      permit: { findUnique: async () => ({ statement: permitted }) },
      attachedStatement: { findMany: async () => attached.map((statement) => ({ statement })) },
    },
  } as unknown as Database;
}

async function putGolden(): Promise<void> {
  const contentType = 'application/json';
  const files = [];
  for (const [path, text] of Object.entries(CONTENT)) {
    await deps.golden.put(`${prefix}${path}`, Buffer.from(text), { contentType });
    files.push({ path, sha256: sha256(text), size: text.length, media_type: contentType });
  }
  const manifest: GoldenManifest = {
    schema: 'https://certus.dev/golden/v1',
    tenant: RUN.tenant,
    workspace_id: RUN.workspace,
    component_id: 'shop',
    test_id: RUN.testId,
    permit_id: PERMIT_ID,
    bundle_digest: 'b'.repeat(64),
    prefix,
    files,
    promoted_at: '2026-06-01T12:00:00.000Z',
  };
  await deps.golden.put(manifestKey, Buffer.from(JSON.stringify(manifest)), { contentType });
}

const keysOf = async (bucket: Pick<Bucket, 'list'>) => {
  const keys: string[] = [];
  for await (const { key } of bucket.list('')) keys.push(key);
  return keys.sort();
};
const filesOf = (...paths: string[]) => paths.map((path) => `${prefix}${path}`);
const everything = () => [...filesOf(...Object.keys(CONTENT)), manifestKey, noticeKey].sort();

describe('a golden copy that is taken away', () => {
  test('lies in quarantine whole, and golden holds nothing but the notice', async () => {
    const { notice, notices, location } = await quarantineGolden(deps, input, wanted);
    expect(notices).toEqual([]);
    expect(await keysOf(deps.golden)).toEqual([noticeKey]);
    expect(await keysOf(deps.quarantine)).toEqual(everything());
    expect(Buffer.from(await deps.quarantine.read(`${prefix}findings.json`, 100)).toString()).toBe('f');
    expect(location).toContain('quarantine');
    const { statement, key } = openQuarantine(Buffer.from(notice), RUN, PINNED);
    expect(key.id).toBe(KEYS.promotion.signer.keyId);
    expect(statement.predicate).toMatchObject({
      permit: { id: PERMIT_ID },
      cause: { order: ORDER, key: KEYS.evidence.signer.keyId, reason: 'key_compromise' },
      quarantinedOn: AT.toISOString(),
    });
  });

  test('taken away again changes nothing, and answers with the first notice', async () => {
    const first = await quarantineGolden(deps, input, wanted);
    const later = { ...deps, now: () => new Date('2026-06-06T12:00:00.000Z') };
    expect(await quarantineGolden(later, input, wanted)).toEqual(first);
    expect(await keysOf(deps.quarantine)).toEqual(everything());
  });

  test('is gone on with after a crash at any write, and never shows meanwhile once it is noted', async () => {
    for (let crashAt = 1; crashAt <= 11; crashAt += 1) {
      const crashing = crashAfter(deps, crashAt);
      const ended = await quarantineGolden(crashing, input, wanted).then(
        () => 'done',
        () => 'crashed',
      );
      if ((await deps.golden.head(noticeKey)) !== undefined)
        await expect(requireNotQuarantined(deps.golden, run)).rejects.toMatchObject({ code: 'quarantined' });
      const { notices } = await quarantineGolden(deps, input, wanted);
      expect(notices).toEqual([]);
      expect(await keysOf(deps.golden)).toEqual([noticeKey]);
      expect(await keysOf(deps.quarantine)).toEqual(everything());
      expect(ended).toBe(crashAt < 11 ? 'crashed' : 'done');
      for (const bucket of [deps.golden, deps.quarantine])
        for (const key of await keysOf(bucket)) await bucket.remove(key);
      await putGolden();
    }
  });

  test('keeps what is not what was promoted where it is, hidden, and tells of it', async () => {
    await deps.golden.put(`${prefix}findings.json`, Buffer.from('forged'), { contentType: 'text/plain' });
    const { notices } = await quarantineGolden(deps, input, wanted);
    expect(notices).toMatchObject([{ code: 'digest_mismatch', path: 'findings.json' }]);
    expect(await keysOf(deps.golden)).toEqual([...filesOf('findings.json'), noticeKey].sort());
    expect(await keysOf(deps.quarantine)).toEqual(
      everything().filter((key) => key !== `${prefix}findings.json`),
    );
  });

  test('takes along what no manifest lists, also when golden showed nothing yet', async () => {
    await deps.golden.remove(manifestKey);
    await deps.golden.put(`${prefix}late.json`, Buffer.from('x'), { contentType: 'text/plain' });
    await quarantineGolden(deps, input, wanted);
    expect(await keysOf(deps.golden)).toEqual([noticeKey]);
    expect(await keysOf(deps.quarantine)).toContain(`${prefix}late.json`);
  });

  test('a manifest that is none keeps nothing in golden', async () => {
    await deps.golden.put(manifestKey, Buffer.from('{'), { contentType: 'application/json' });
    await quarantineGolden(deps, input, wanted);
    expect(await keysOf(deps.golden)).toEqual([noticeKey]);
  });

  test('a notice that somebody else has left is replaced by one that holds', async () => {
    const forged = await sealStatement(
      quarantineStatement(input, { from: 'a', to: 'b', at: AT }),
      KEYS.permit.signer,
    );
    await deps.golden.put(noticeKey, forged, { contentType: 'application/json' });
    const { notice } = await quarantineGolden(deps, input, wanted);
    expect(openQuarantine(Buffer.from(notice), RUN, PINNED).key.id).toBe(KEYS.promotion.signer.keyId);
    expect(Buffer.from(await deps.golden.read(noticeKey, 1e6)).toString()).toBe(notice);
  });
});

/** The n-th write fails, as when the process dies before it. */
function crashAfter(real: QuarantineDeps, nth: number): QuarantineDeps {
  let writes = 0;
  const counted = (bucket: Bucket): Bucket =>
    new Proxy(bucket, {
      get: (target, name: keyof Bucket) => {
        const value = target[name];
        if (typeof value !== 'function') return value;
        const method = (value as (...all: unknown[]) => unknown).bind(target);
        if (name !== 'put' && name !== 'remove') return method;
        return async (...given: unknown[]) => {
          writes += 1;
          if (writes >= nth) throw new Error('killed');
          return method(...given);
        };
      },
    });
  return { ...real, golden: counted(real.golden), quarantine: counted(real.quarantine) };
}

describe('nobody takes anything away but who may revoke keys', () => {
  const refused = async (database: Database, changes: Partial<QuarantineInput> = {}) => {
    await expect(
      quarantineGolden({ ...deps, database }, { ...input, ...changes }, wanted),
    ).rejects.toMatchObject({ code: 'order_invalid' });
    expect(await deps.golden.head(manifestKey)).toBeDefined();
    expect(await keysOf(deps.quarantine)).toEqual([]);
  };

  test('not without an order', async () => {
    const findUnique = async () => null;
    await refused({ client: { order: { findUnique } } } as unknown as Database);
  });

  test('not on an order that another key signed', async () => {
    await refused(await tables({ signer: KEYS.permit }));
  });

  test('not on an order to do something else', async () => {
    await refused(await tables({ action: { kind: 'deactivate_key', key_id: KEYS.evidence.signer.keyId } }));
  });

  test('not because of a key that the order does not revoke', async () => {
    await refused(deps.database, { cause: { ...input.cause, keyId: 'a'.repeat(32) } });
  });

  test('not of another tenant', async () => {
    await refused(deps.database, { scope: { ...scope, tenant: 'globex' } });
  });

  test('not for another reason than the order gives', async () => {
    await refused(deps.database, { cause: { ...input.cause, reason: 'superseded' } });
  });

  const strangers = { ...REVOKE, key_id: KEYS.stranger.signer.keyId } as const;
  const because = { cause: { ...input.cause, keyId: KEYS.stranger.signer.keyId } };
  const counted = [{ predicateType: 'https://example.org/review/v1', digest: sha256(REVIEW) }];

  test('not because of a key on whose word the permit does not rest, though its order holds', async () => {
    await refused(await tables({ action: strangers }), because);
    await refused(await tables({ action: strangers, attached: [REVIEW] }), because);
    await refused(await tables({ action: strangers, permit: { counted } }), because);
  });

  test('but because of one whose statement counted', async () => {
    const database = await tables({ action: strangers, permit: { counted }, attached: [REVIEW] });
    await quarantineGolden({ ...deps, database }, { ...input, ...because }, wanted);
    expect(await keysOf(deps.golden)).toEqual([noticeKey]);
  });

  test.each<[string, Rows]>([
    ['that Trust did not sign', { permitSigner: KEYS.stranger }],
    ['of another id', { permit: { id: `permit_${'2'.repeat(32)}` } }],
    ['on other evidence', { permit: { evidence: bundleFacts(makeIndex(), REVIEW) } }],
    ['of another bundle', { permit: { evidence: bundleFacts(makeIndex({ files: [] }), PROVENANCE) } }],
  ])('not by a permit %s', async (_, rows) => {
    await refused(await tables(rows));
  });
});

describe('what is in quarantine does not come back', () => {
  test('a publication that comes later is refused, and one that came in between is hidden again', async () => {
    await requireNotQuarantined(deps.golden, run);
    await hideIfQuarantined(deps.golden, run);
    expect(await deps.golden.head(manifestKey)).toBeDefined();
    await quarantineGolden(deps, input, wanted);
    await expect(requireNotQuarantined(deps.golden, run)).rejects.toMatchObject({ code: 'quarantined' });
    await putGolden();
    await expect(hideIfQuarantined(deps.golden, run)).rejects.toMatchObject({ code: 'quarantined' });
    expect(await deps.golden.head(manifestKey)).toBeUndefined();
  });

  test('neither promotion nor push so much as asks for its permit', async () => {
    await quarantineGolden(deps, input, wanted);
    const again = { ...input, bundle: { prefix: 'p/', digest: input.bundleDigest } };
    const publishing: PublishDeps = {
      ...deps,
      uploads: await store.bucket('uploads'),
      inspector: openInspector({ threads: 1, maxBytes: 1 }),
      lockUntil: async () => undefined,
    };
    const publication = 'publish/again';
    const attempts = [
      promote(publishing, again, wanted, publication),
      publishOci(publishing, again, wanted, publication),
    ];
    for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: 'quarantined' });
    expect(await keysOf(deps.golden)).toEqual([noticeKey]);
  });

  test('nor in the registry', async () => {
    const repository = 'certus/acme/web/shop';
    const file = { name: 'x', mediaType: 'text/plain', bytes: Buffer.from('x') };
    const push = () =>
      pushArtifact(deps.registry, {
        repository,
        tag: RUN.testId,
        artifactType: 'application/vnd.certus.test',
        files: [file],
      });
    const { digest } = await push();
    await withdrawIfQuarantined(deps, input);
    await expect(withdrawOci(deps, input)).rejects.toMatchObject({ code: 'order_invalid' });
    expect(await deps.registry.tags(repository)).toEqual([RUN.testId]);
    await quarantineGolden(deps, input, wanted);
    expect(await withdrawOci(deps, input)).toBe('withdrawn');
    expect(await deps.registry.pullManifest(repository, digest)).toBeUndefined();
    await push();
    await expect(withdrawIfQuarantined(deps, input)).rejects.toMatchObject({ code: 'quarantined' });
    expect(await deps.registry.tags(repository)).toEqual([]);
  });
});

describe('the log', () => {
  const entries: LogEntry[] = [];
  const log = {
    append: async (given: readonly LogEntry[]) => {
      entries.push(...given);
      return given.map(() => ({ index: 7 }) as never);
    },
  };

  test('is told of a notice that holds, and of no other', async () => {
    const { notice } = await quarantineGolden(deps, input, wanted);
    expect(await logQuarantine({ log, keySet: PINNED }, input, notice)).toBe(7);
    expect(entries).toMatchObject([
      { kind: 'quarantine', name: PERMIT_ID, digest: sha256(notice), signer: KEYS.promotion.signer.keyId },
    ]);
    const forged = await sealStatement(
      quarantineStatement(input, { from: 'a', to: 'b', at: AT }),
      KEYS.permit.signer,
    );
    await expect(
      logQuarantine({ log, keySet: PINNED }, input, Buffer.from(forged).toString()),
    ).rejects.toMatchObject({ code: 'untrusted_signer' });
    const other = { ...input, testId: 'test_ba9876543210' };
    await expect(logQuarantine({ log, keySet: PINNED }, other, notice)).rejects.toMatchObject({
      code: 'wrong_scope',
    });
    expect(entries).toHaveLength(1);
  });
});
