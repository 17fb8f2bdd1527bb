// needs: s3

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, expect, test } from '@jest/globals';
import { s3Settings, stranger } from '../../contract/object-stores.ts';
import { newAuthority } from './certificates.ts';
import { startPlatform } from './platform.ts';
import { newSite, until } from './site.ts';

const client = stranger();
afterAll(() => client.destroy());

test('a prefix of a bucket is sent, and what of it is gone or has changed', async () => {
  const bucket = `site-${randomBytes(4).toString('hex')}`;
  const put = (Key: string, Body: string) =>
    client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType: 'text/plain' }));
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  await put('docs/a.txt', 'the first');
  await put('docs/Katharina Obermeyer.txt', 'written by Mrs Katharina Obermeyer');
  await put('docs-of-others/c.txt', 'not asked for');
  const authority = await newAuthority();
  const platform = await startPlatform(authority);
  const site = await newSite(authority, platform.url);
  const { endpoint, region, accessKeyId, secretAccessKey } = s3Settings();
  writeFileSync(join(site.folder, 's3.secret'), `${secretAccessKey}\n`, { mode: 0o600 });
  site.configure({
    sources: [
      {
        ...{ name: 'bucket', kind: 's3', bucket, prefix: 'docs', endpoint, region, every_seconds: 1 },
        ...{ access_key_id: accessKeyId, secret_access_key_file: 's3.secret', labels: ['legal'] },
      },
    ],
  });
  const agent = await site.start();
  const there = () => [...(platform.index.get('bucket')?.keys() ?? [])].sort();
  const textOf = (key: string) => platform.index.get('bucket')?.get(key)?.drafts[0]?.text;
  try {
    await until(
      () => there().length === 2,
      () => agent.output(),
    );
    const [masked = '', plain] = there();
    expect([plain, masked]).toEqual([
      'docs/a.txt',
      expect.stringMatching(/^docs\/\[PERSON\].*~[0-9a-f]{32}$/),
    ]);
    expect(textOf(masked)).toBe('written by [PERSON]');
    expect(platform.taken[0]).toMatchObject({ source_kind: 's3', labels: ['legal'] });
    await put('docs/a.txt', 'the second');
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'docs/Katharina Obermeyer.txt' }));
    await until(() => there().length === 1 && textOf('docs/a.txt') === 'the second');
    expect(Buffer.concat(platform.seen).toString('utf8')).not.toMatch(/obermeyer/i);
    expect(platform.faults).toEqual([]);
  } finally {
    await agent.end('SIGKILL');
    await platform.close();
    site.remove();
  }
});
