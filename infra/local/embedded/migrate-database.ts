import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { CHECKOUT } from '../checkout.ts';
import type { Report } from '../supervise/program.ts';
import { runNode } from './run-node.ts';

/** Brings the database to this release. Loading the engine costs a second, so it is asked first whether there is need. */
export async function migrateDatabase(url: string, report: Report, signal?: AbortSignal): Promise<void> {
  if (await isCurrent(url)) return;
  report('bringing the database to this release');
  await runNode('services/database/migrate-main.ts', [], { CERTUS_DATABASE_URL: url }, signal);
}

/** Whether the applied migrations are exactly the ones we ship. */
async function isCurrent(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    );
    return (
      rows
        .map(({ name }) => name)
        .sort()
        .join() === shipped().join()
    );
  } catch (error) {
    if ((error as { code?: string }).code === UNDEFINED_TABLE) return false;
    throw error;
  } finally {
    await client.end();
  }
}

const UNDEFINED_TABLE = '42P01';

function shipped(): string[] {
  return readdirSync(join(CHECKOUT, 'prisma', 'migrations'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
