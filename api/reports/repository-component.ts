import { createHash } from 'node:crypto';

/** Hosts take names for the same whatever their case. */
export const repositoryName = (owner: string, repository: string): string =>
  `${owner}/${repository}`.toLowerCase();

/**
 * The component that a repository of a code host stands for. Names of hosts may hold what ours may not, and whatever is
 * done about that, two repositories could come out alike: a digest of the whole name tells them apart.
 */
export function repositoryComponent(owner: string, repository: string): string {
  const name = repositoryName(owner, repository);
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 10);
  const readable = name
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 52)
    .replace(/^-|-$/g, '');
  return `${readable}-${digest}`;
}
