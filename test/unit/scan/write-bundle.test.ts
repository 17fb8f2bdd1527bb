import { rmSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { writeToolResult } from '../../../activities/scan/tool-result.ts';
import { writeBundle } from '../../../activities/scan/write-bundle.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import { scanOf, temporaryFolder } from './sources.ts';

test('every file that was not searched is named, up to a limit, and the rest is counted', async () => {
  const root = temporaryFolder('raw');
  try {
    const raw = await openDirectoryStore(root).bucket('raw');
    const input = scanOf({ type: 'directory', path: '/source' });
    const binaryFiles = Array.from({ length: 53 }, (_, at) => `image-${at}.png`);
    await writeToolResult(raw, input.scope, input.testId, {
      tool: 'secrets',
      version: '1',
      findings: [],
      binaryFiles,
    });
    const { warnings } = await writeBundle(
      { raw },
      {
        input,
        checkout: {
          commit: null,
          branch: null,
          contentHash: 'a'.repeat(64),
          files: 54,
          bytes: 54,
          skipped: [],
        },
        startedAt: '2026-06-01T12:00:00.000Z',
        completedAt: '2026-06-01T12:00:01.000Z',
      },
    );
    expect(warnings.map(({ path }) => path)).toEqual([...binaryFiles.slice(0, 50), undefined]);
    expect(warnings.at(-1)).toMatchObject({
      code: 'binary',
      message: expect.stringContaining('3 more files'),
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
