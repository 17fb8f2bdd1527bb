import type { WebPage } from '../../web/web.ts';

/** Pages that were loaded for their links and are asked for in a moment, as long as there is room. */
export class LoadedPages {
  readonly #pages = new Map<string, WebPage>();
  #bytes = 0;

  keep(key: string, page: WebPage): void {
    if (this.#bytes + page.bytes.length > MOST_LOADED) return;
    this.#bytes += page.bytes.length;
    this.#pages.set(key, page);
  }

  take(key: string): WebPage | undefined {
    const page = this.#pages.get(key);
    this.#pages.delete(key);
    this.#bytes -= page?.bytes.length ?? 0;
    return page;
  }

  forget(): void {
    this.#pages.clear();
    this.#bytes = 0;
  }
}

const MOST_LOADED = 32 * 1024 * 1024;
