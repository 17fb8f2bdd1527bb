import type pg from 'pg';

/** Asks one statement of the database, past Prisma: for what is asked so often that the way there counts. */
export type Query = <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;

export interface PlainSql {
  readonly query: Query;
  /** One connection from BEGIN to COMMIT. `opening` are statements without parameters, sent along with BEGIN. */
  transaction<T>(opening: string, work: (query: Query) => Promise<T>): Promise<T>;
}

export const plainSql = (pool: pg.Pool): PlainSql => ({
  query: (text, values) => rowsOf(pool, text, values),
  transaction: async (opening, work) => {
    const connection = await pool.connect();
    let lost: Error | undefined;
    const onLost = (error: Error): void => {
      lost = error;
    };
    // nobody else hears it while the connection is ours, and an error that nobody hears ends the process
    connection.on('error', onLost);
    try {
      await connection.query(`BEGIN ISOLATION LEVEL READ COMMITTED; ${opening}`);
      const result = await work((text, values) => rowsOf(connection, text, values));
      await connection.query('COMMIT');
      return result;
    } catch (error) {
      lost ??= await rolledBack(connection);
      throw error;
    } finally {
      connection.off('error', onLost);
      // a connection that may still be in the middle of something is closed, and not lent to others
      connection.release(lost);
    }
  },
});

/** An error here is about the connection: what made the work fail is what the caller is told. */
async function rolledBack(connection: pg.PoolClient): Promise<Error | undefined> {
  try {
    await connection.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error('cannot roll back');
  }
}

async function rowsOf<Row extends pg.QueryResultRow>(
  connection: pg.Pool | pg.PoolClient,
  text: string,
  values?: unknown[],
): Promise<Row[]> {
  return (await connection.query<Row>(text, values)).rows;
}
