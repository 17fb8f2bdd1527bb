import { expect, test } from '@jest/globals';
import { Manifest } from '../../../contracts/manifest.ts';
import { publishableManifest } from '../../../domain/manifest/publishable-manifest.ts';

test('what is published of a manifest lets nobody write to those it notifies', () => {
  const manifest = Manifest.parse({
    product: 'shop',
    version: '1',
    profiles: [
      { name: 'quiet', tools: ['secrets'] },
      {
        name: 'loud',
        tools: ['secrets'],
        notify: {
          slack: 'https://hooks.slack.example/services/T0/B0/s3cr3t',
          webhooks: ['https://ci.example:8443/hook?key=s3cr3t'],
          email: ['team@example.org'],
        },
      },
    ],
  });
  const published = publishableManifest(manifest);
  expect(JSON.stringify(published)).not.toContain('s3cr3t');
  expect(published.profiles[1]?.notify).toEqual({
    slack: 'https://hooks.slack.example/…',
    webhooks: ['https://ci.example:8443/…'],
    email: ['team@example.org'],
  });
  expect(published.profiles[0]).toEqual(manifest.profiles[0]);
});
