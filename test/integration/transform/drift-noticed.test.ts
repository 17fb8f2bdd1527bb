// needs: postgres, temporal, s3, registry
import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { goldenManifestKey, goldenPrefix, quarantineNoticeKey } from '../../../contracts/object-keys.ts';
import { httpServer } from '../../unit/fetch/http-server.ts';
import { keysBelow, type Variant } from '../installation.ts';
import { startWhole, type Whole } from './whole.ts';

const MINUTE = 60_000;
const SECRET = 'a secret that two sides share';
const TEXT = 'What was promoted, word for word.\n';

describe.each<Variant>(['embedded', 'distributed'])('golden that somebody has touched, %s', (variant) => {
  const folder = mkdtempSync(join(tmpdir(), 'certus-drift-'));
  let receiver: Awaited<ReturnType<typeof httpServer>>;
  let whole: Whole;
  const heard = Promise.withResolvers<void>();

  beforeAll(async () => {
    receiver = await httpServer((_, response) => {
      response.writeHead(200).end();
      heard.resolve();
    });
    const secret = join(folder, 'secret');
    writeFileSync(secret, SECRET, { mode: 0o600 });
    whole = await startWhole(variant, {
      transform: {
        CERTUS_NOTIFY_SECRET_FILE: secret,
        CERTUS_NOTIFY_ALLOWED_HOSTS: `127.0.0.1:${receiver.port},127.0.0.1`,
      },
    });
  }, 2 * MINUTE);
  afterAll(async () => {
    await whole?.close();
    await receiver.close();
    rmSync(folder, { recursive: true, force: true });
  }, MINUTE);

  const audit = async () => {
    const { workspace } = whole.scope;
    const begun = await whole.ask('local', '/v1/audits/golden', { body: { workspace_id: workspace } });
    expect(begun).toMatchObject({ status: 202 });
    let { json } = begun;
    while (json.state === 'running')
      json = (await whole.ask('local', `/v1/audits/golden/${json.audit_id}`)).json;
    return json;
  };

  test(
    'is as it was promoted, until one byte is not: found, taken away, and told with a signature',
    async () => {
      await whole.bring('kept.md', TEXT);
      const { promotion_id: id } = await whole.ended(await whole.promote({ keys: ['kept.md'] }));
      const subscription = { address: `${receiver.url}/hook`, events: ['golden_drift'] };
      expect((await whole.ask('local', '/v1/subscriptions', { body: subscription })).status).toBe(201);
      expect(await audit()).toMatchObject({ state: 'done', drifted: 0 });
      expect(receiver.seen).toEqual([]);

      await flipByte(`${goldenPrefix(whole.scope, id)}documents/kept.md`);
      expect(await audit()).toMatchObject({ state: 'done', drifted: 1 });
      await heard.promise;
      const [{ body, headers }] = receiver.seen as [(typeof receiver.seen)[0]];
      expect(JSON.parse(body)).toMatchObject({ event: 'golden_drift', tenant: 'default', about: id });
      const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['certus-signature'])) ?? [];
      expect(mac).toBe(createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex'));

      const prefix = goldenPrefix(whole.scope, id);
      expect(await whole.golden.head(quarantineNoticeKey(whole.scope, id))).toBeDefined();
      expect(await whole.golden.head(goldenManifestKey(whole.scope, id))).toBeUndefined();
      // it is told before all of it is away; what was touched stays as it is, for whoever looks into that
      while ((await keysBelow(whole.golden, prefix)).length > 1);
      expect(await keysBelow(whole.golden, prefix)).toEqual([`${prefix}documents/kept.md`]);
      expect(await keysBelow(whole.quarantine, prefix)).toContain(`${prefix}${BUNDLE.index}`);
    },
    4 * MINUTE,
  );

  /** As somebody would who can write to the disk, or to the bucket, and not sign. */
  async function flipByte(key: string): Promise<void> {
    const changed = TEXT.replace('word for', 'ward for');
    if (variant === 'distributed') {
      await whole.golden.put(key, Buffer.from(changed), { contentType: 'text/plain' });
      return;
    }
    const files = readdirSync(whole.common.CERTUS_OBJECTS, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((file) => file.includes(whole.golden.name) && readFileSync(file, 'utf8') === TEXT);
    expect(files).toHaveLength(1);
    writeFileSync(files[0] ?? '', changed);
  }
});
