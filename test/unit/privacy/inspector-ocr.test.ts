import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findPictureReader } from '../../../services/privacy/ocr.ts';

describe('a program that reads pictures', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certus-test-'));
    await chmod(folder, 0o755);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const installed = async (script: string) => {
    await writeFile(join(folder, 'tesseract'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return findPictureReader([folder]);
  };

  test('is not there where none is installed', async () => {
    expect(await findPictureReader([join(folder, 'nothing')])).toBeUndefined();
  });

  test('is given the picture, and its words are the text', async () => {
    const read = await installed('printf "seen: "; cat "$1"');
    expect(await read?.(Buffer.from('jane.roe@acme-corp.com'))).toBe('seen: jane.roe@acme-corp.com');
  });

  test('that fails in the middle has read nothing', async () => {
    const read = await installed('echo half of it; exit 3');
    expect(await read?.(Buffer.from('x'))).toBeUndefined();
  });
});
