import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { reachable } from './errors.ts';
import { PrismaClient } from './generated/client.ts';
import { type PlainSql, plainSql } from './plain-sql.ts';

export interface Database {
  readonly client: PrismaClient;
  /** The same connections, for what is asked so often that the way through Prisma counts. */
  readonly sql: PlainSql;
  /** Throws `dependency_unavailable` when no query gets through. */
  ping(): Promise<void>;
  /** A connection outside of the pool, not made yet, for what lasts: whoever takes it ends it. */
  session(): pg.Client;
  close(): Promise<void>;
}

export type DatabaseOptions = {
  /** Connections this process may hold; every process of a machine shares the server's limit. */
  readonly poolSize?: number;
  readonly connectTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
};

/** Connects on first use, so that a process starts while its database is still on the way. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const statementTimeout = options.statementTimeoutMs ?? 15_000;
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'certus',
    max: options.poolSize ?? 4,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    statement_timeout: statementTimeout,
    // A server that is gone without a word never answers the statement's own limit.
    query_timeout: statementTimeout + 2_000,
    keepAlive: true,
  });
  // a connection that is lost while nobody uses it is replaced by the next one
  pool.on('error', () => undefined);
  const client = new PrismaClient({ adapter: new PrismaPg(pool), errorFormat: 'minimal' });
  return {
    client,
    sql: plainSql(pool),
    ping: async () => {
      await reachable(client.$queryRaw`SELECT 1`);
    },
    session: () =>
      new pg.Client({
        connectionString: url,
        application_name: 'certus',
        connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
        statement_timeout: statementTimeout,
        keepAlive: true,
        keepAliveInitialDelayMillis: 10_000,
      }),
    close: async () => {
      await client.$disconnect();
      if (!pool.ending) await pool.end();
    },
  };
}
