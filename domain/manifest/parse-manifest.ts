import { CertusError } from '../../contracts/errors.ts';
import type { Manifest } from '../../contracts/manifest.ts';
import { checkManifest, type ManifestReading } from './check-manifest.ts';
import type { LocatedFault } from './fault.ts';

/** Reads a manifest as a team wrote it; throws all of its faults at once, each with its line and column. */
export function parseManifest(
  given: string | Uint8Array,
  reading: ManifestReading = {},
): { manifest: Manifest } {
  const checked = checkManifest(given, reading);
  if ('faults' in checked) throw manifestError(checked.faults);
  return { manifest: checked.manifest };
}

/** The message alone says enough: it is all that a run's record keeps of an error. */
function manifestError(faults: readonly LocatedFault[]): CertusError {
  const fields = faults.map(({ path, message, line, column }) => ({
    path: pathOf(path),
    message: `line ${line}, column ${column}: ${message}`,
  }));
  const told = fields.slice(0, 3).map(({ path, message }) => (path ? `${path}: ${message}` : message));
  const more = faults.length > told.length ? `; and ${faults.length - told.length} more` : '';
  return new CertusError(codeOf(faults), `the manifest cannot be used: ${told.join('; ')}${more}`, {
    fields,
  });
}

export const pathOf = (path: LocatedFault['path']): string => path.join('.').slice(0, 256);

/** A tool that this release does not have is worth telling apart: another release may have it. */
export const codeOf = (faults: readonly LocatedFault[]): 'unsupported_tool' | 'manifest_invalid' =>
  faults.every(({ kind }) => kind === 'tool') ? 'unsupported_tool' : 'manifest_invalid';
