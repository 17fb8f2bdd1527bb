import { CertusError } from '../../../contracts/errors.ts';
import { rendered } from '../../web/renderer.ts';
import type { Web } from '../../web/web.ts';
import type { ConnectorDeps } from '../deps.ts';

/** The web as a source wants it: who asks for scripts to have run is not given a page without a word about that. */
export function webFor(render: boolean, { web, renderer }: Pick<ConnectorDeps, 'web' | 'renderer'>): Web {
  if (!render) return web;
  if (renderer === undefined)
    throw new CertusError(
      'render_unavailable',
      'pages cannot be rendered here: CERTUS_WEB_BROWSER and bubblewrap are needed',
    );
  return rendered(web, renderer);
}
