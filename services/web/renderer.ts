import { isHtml } from './media.ts';
import type { Web, WebPage } from './web.ts';

/** Has the scripts of a page do what they do, and gives the page as it is then. */
export interface Renderer {
  /** Throws `item_unreadable` for a page that cannot be had so, and `render_unavailable` where nobody can. */
  render(page: WebPage, web: Pick<Web, 'resource'>, signal: AbortSignal): Promise<Uint8Array>;
}

/** The same web, each page as its scripts leave it. */
export const rendered = (web: Web, renderer: Renderer): Web => ({
  ...web,
  page: async (address, asked) => {
    const page = await web.page(address, asked);
    if (page === null || !isHtml(page.mediaType)) return page;
    const bytes = await renderer.render(page, web, asked.signal);
    return { ...page, bytes, contentType: 'text/html; charset=utf-8' };
  },
});
