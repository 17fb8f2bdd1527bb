import { CertusError } from '../../contracts/errors.ts';
import { findProfile } from '../../contracts/find-profile.ts';
import type { Manifest, Profile } from '../../contracts/manifest.ts';
import { sameName } from '../../contracts/profile-name.ts';

/** Finds a profile by name, whatever its case. An unknown one is an error: there is no fallback that checks less. */
export function resolveProfile(manifest: Manifest, name: string): Profile {
  const profile = findProfile(manifest, name);
  if (profile !== undefined) return profile;
  const available = manifest.profiles.map((candidate) => candidate.name).join(', ');
  const hint = NEVER_BUILT_IN.get(sameName(name));
  throw new CertusError(
    'unknown_profile',
    `manifest profile '${name}' not found. Available profiles: ${available}${hint ? `. ${hint}` : ''}`,
  );
}

/** Names that people know from elsewhere, and why no release brings them. */
const NEVER_BUILT_IN: ReadonlyMap<string, string> = new Map([
  [
    'heavy',
    "'heavy' scans a running target, so only a manifest can define it, with 'requiresStack' and 'stackBaseUrl'",
  ],
  ['attestation-test', "every bundle is attested; 'sbom-only' is the smallest profile that makes one"],
]);
