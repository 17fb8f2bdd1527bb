import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { faultLine, readManifestFile } from '../manifest-file.ts';

/** Says all that is wrong with a manifest, offline; a pipeline stops at exit code 65. */
export async function manifestCheck(context: Context, file: string): Promise<ExitCode> {
  const { output } = context;
  const checked = await readManifestFile(resolve(context.workingDirectory, file));
  if ('faults' in checked) {
    const { codeOf } = await import('../../domain/manifest/parse-manifest.ts');
    const faults = checked.faults.map(({ path, line, column, message }) => ({
      path: path.join('.'),
      line,
      column,
      message,
    }));
    output.result({ valid: false, code: codeOf(checked.faults), faults, profiles: [] }, () => {
      for (const fault of checked.faults) output.line(faultLine(file, fault));
    });
    return EXIT.badData;
  }
  const profiles = checked.manifest.profiles.map(({ name }) => name);
  output.result({ valid: true, code: null, faults: [], profiles }, () =>
    output.line(`${file}: nothing is wrong; profiles: ${profiles.join(', ')}`),
  );
  return EXIT.ok;
}

export async function manifestSchema({ stdout }: Context): Promise<ExitCode> {
  const { MANIFEST_SCHEMA } = await import('../../contracts/manifest-schema.ts');
  stdout.write(`${JSON.stringify(MANIFEST_SCHEMA, null, 2)}\n`);
  return EXIT.ok;
}
