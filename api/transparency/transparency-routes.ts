import type { ApiDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { entryRoutes } from './entry-routes.ts';
import { treeRoutes } from './tree-routes.ts';

/** The log of Trust, to look into and to watch. */
export function transparencyRoutes(deps: ApiDeps): Route[] {
  // words of the tree first: the name of an entry would take them
  return [...treeRoutes(deps), ...entryRoutes(deps)];
}
