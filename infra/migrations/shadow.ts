import { PGlite } from '@electric-sql/pglite';
import type { DiffResult } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { NO_FILTERS, readMigrations, readSchema } from '../../services/database/migrations.ts';
import { openSchemaEngine } from '../../services/database/schema-engine.ts';

/**
 * Compares what the migrations build with what schema.prisma asks for. The migrations run in a Postgres
 * inside this process, so that neither a check nor a new migration needs a server.
 */
export async function compareWithSchema(directory?: string): Promise<DiffResult> {
  const schema = await readSchema(directory);
  const migrations = await readMigrations(directory);
  const postgres = new PGlite();
  try {
    const engine = await openSchemaEngine(new ShadowAdapter(postgres), schema);
    return await engine.diff({
      from: { tag: 'migrations', ...migrations },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: true,
      filters: NO_FILTERS,
    });
  } finally {
    await postgres.close();
  }
}

class ShadowAdapter extends PrismaPGlite {
  readonly #postgres: PGlite;

  constructor(postgres: PGlite) {
    super(postgres);
    this.#postgres = postgres;
  }

  override async connectToShadowDb() {
    const adapter = await super.connect();
    // The stock adapter does not wait for a script, so that a broken migration would look like a good one.
    adapter.executeScript = async (script) => {
      await this.#postgres.exec(script);
    };
    return adapter;
  }
}
