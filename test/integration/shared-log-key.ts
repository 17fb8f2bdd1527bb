import { createHash, generateKeyPairSync } from 'node:crypto';
import { copyFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeOnce } from '../../services/keys/write-once.ts';

/** Installations of one test run share a database, and with it one log: a log that another key has signed is refused. */
export async function shareLogKey(home: string, databaseUrl: string): Promise<void> {
  const name = createHash('sha256').update(databaseUrl).digest('hex').slice(0, 16);
  const shared = join(tmpdir(), `certus-log-${name}.pem`);
  await writeOnce(shared, () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  const folder = join(home, 'keys', 'trust');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await copyFile(shared, join(folder, 'log.key.pem'));
}
