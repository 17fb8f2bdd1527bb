import { PrismaPg } from '@prisma/adapter-pg';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';
import { CertusError } from '../../contracts/errors.ts';
import { reachable } from './errors.ts';
import { NO_FILTERS, PRISMA_DIRECTORY, readMigrations, readSchema } from './migrations.ts';
import { openSchemaEngine } from './schema-engine.ts';

/**
 * Brings the database to this release, as `prisma migrate deploy` would, but whole or not at all: everything
 * happens in one transaction, which also holds the lock that keeps other processes waiting. A migration that
 * fails, or a process that dies half way, leaves the database as it was.
 */
export async function migrate(
  databaseUrl: string,
  directory = PRISMA_DIRECTORY,
): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(directory);
  const schema = await readSchema(directory);
  const session = openSession(databaseUrl);
  const adapter = new WholeScripts(session);
  try {
    await reachable(session.query('BEGIN'));
    await reachable(
      session.query(`SET LOCAL lock_timeout = '5min'; SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`),
    );
    await refuseUnknown(session, migrations);
    const engine = await openSchemaEngine(adapter, schema);
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: migrations,
      filters: NO_FILTERS,
    });
    await reachable(session.query('COMMIT'));
    return { applied: appliedMigrationNames };
  } catch (error) {
    throw error instanceof CertusError
      ? error
      : failed(adapter.failure ?? { script: '', cause: error }, migrations);
  } finally {
    // Ending the session takes back whatever was not committed.
    await session.end();
  }
}

/** Any number that nobody else uses for a lock in this database. */
export const MIGRATION_LOCK = 0x63_65_72_74;

/** One connection for its whole life: a second one would write outside of the transaction. */
function openSession(connectionString: string): pg.Pool {
  let connections = 0;
  const session = new pg.Pool({
    connectionString,
    application_name: 'certus-migrate',
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 10_000,
    onConnect: () => {
      connections += 1;
      if (connections > 1) throw new Error('Connection terminated during a migration');
    },
  });
  // The query that meets the broken connection reports it; without a listener the process would die first.
  session.on('error', () => undefined);
  return session;
}

type Failure = { readonly script: string; readonly cause: unknown };

/** The stock adapter cuts scripts at every semicolon, also inside of strings and functions. */
class WholeScripts extends PrismaPg {
  failure: Failure | undefined;

  override async connect() {
    const adapter = await super.connect();
    const session = adapter.underlyingDriver();
    adapter.executeScript = async (script) => {
      try {
        await session.query(script);
      } catch (cause) {
        // The engine goes on to write down the failure in a transaction that is lost, and reports only that.
        this.failure ??= { script, cause };
        throw cause;
      }
    };
    return adapter;
  }
}

/** A database that holds more than we know is another release's: our idea of its tables may be wrong. */
async function refuseUnknown(session: pg.Pool, { migrationDirectories }: MigrationList): Promise<void> {
  const known = migrationDirectories.map(({ path }) => path);
  const unknown = (await recorded(session)).filter((row) => !known.includes(row.name));
  if (unknown.length > 0) {
    const names = unknown.map(({ name }) => name).join(', ');
    throw new CertusError('newer_database', `The database belongs to a newer release: it holds ${names}.`);
  }
}

/** What the database says it holds; asked before the engine, whose own question fails where there is no table yet. */
async function recorded(session: pg.Pool): Promise<{ name: string }[]> {
  const table = await reachable(
    session.query<{ found: boolean }>(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found`),
  );
  if (table.rows[0]?.found !== true) return [];
  const sql =
    'SELECT migration_name AS name FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name';
  return (await reachable(session.query<{ name: string }>(sql))).rows;
}

function failed({ script, cause }: Failure, { migrationDirectories }: MigrationList): CertusError {
  const migration = migrationDirectories.find(({ migrationFile: { content } }) => content.value === script);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CertusError(
    'migration_failed',
    `${migration?.path ?? 'The migration'} failed and was taken back: ${reason}`,
    { cause },
  );
}
