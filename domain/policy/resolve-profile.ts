import { CertusError } from '../../contracts/errors.ts';
import { findProfile } from '../../contracts/find-profile.ts';
import type { Manifest, Profile } from '../../contracts/manifest.ts';

/** Finds a profile by name, whatever its case. An unknown one is an error: there is no fallback that checks less. */
export function resolveProfile(manifest: Manifest, name: string): Profile {
  const profile = findProfile(manifest, name);
  if (profile !== undefined) return profile;
  const available = manifest.profiles.map((candidate) => candidate.name).join(', ');
  throw new CertusError(
    'unknown_profile',
    `manifest profile '${name}' not found. Available profiles: ${available}`,
  );
}
