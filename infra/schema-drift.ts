import { compareWithSchema } from './migrations/shadow.ts';

/**
 * Exit 0 when the migrations give exactly schema.prisma; otherwise 1, and the SQL that is missing.
 * Takes the folder with both, by default this project's.
 */
const { exitCode, stdout } = await compareWithSchema(process.argv[2]);
if (exitCode !== 0) {
  process.stderr.write(
    `The migrations do not give schema.prisma. What is missing:\n\n${stdout}\nWrite it with: node infra/migrations/new.ts <name>\n`,
  );
  process.exitCode = 1;
}
