import type { Manifest } from '../../contracts/manifest.ts';

/**
 * The manifest as it may be published. Whoever knows the address of a webhook can write to it, so of these only the host
 * stays. The digest in the evidence is of the manifest as it was given.
 */
export function publishableManifest(manifest: Manifest): Manifest {
  return {
    ...manifest,
    profiles: manifest.profiles.map(({ notify, ...profile }) =>
      notify === undefined
        ? profile
        : {
            ...profile,
            notify: {
              ...notify,
              ...(notify.slack === undefined ? {} : { slack: hostOf(notify.slack) }),
              webhooks: notify.webhooks.map(hostOf),
            },
          },
    ),
  };
}

const hostOf = (address: string): string => `${new URL(address).origin}/…`;
