import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';

export const isGenerated = (checkout) =>
  existsSync(join(checkout, 'services', 'database', 'generated', 'client.ts'));

/** Writes the typed database client from the schema. */
export async function generateClient(checkout, node, report) {
  report('generating the database client (prisma generate)');
  const prisma = join(checkout, 'node_modules', 'prisma', 'build', 'index.js');
  await run(
    'prisma generate',
    node,
    [prisma, 'generate', '--schema', join(checkout, 'prisma', 'schema.prisma')],
    {
      cwd: checkout,
      // The command insists on a native engine that it does not use here, and would download it.
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      },
      report,
    },
  );
}
