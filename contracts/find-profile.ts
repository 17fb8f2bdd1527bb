import type { Manifest, Profile } from './manifest.ts';
import { sameName } from './profile-name.ts';

// Workflow code imports this file: it must stay free of everything that a workflow's sandbox need not load.

/** The one rule by which a profile is found, whatever the case of its name; undefined when there is none. */
export function findProfile({ profiles }: Manifest, name: string): Profile | undefined {
  return profiles.find((profile) => sameName(profile.name) === sameName(name));
}
