/** What a site told of a page so that it can be asked whether there is a newer one. */
export type Validators = { readonly etag?: string | undefined; readonly modified?: string | undefined };

export type WebPage = {
  /** Where it was found in the end, redirects followed. */
  readonly address: URL;
  readonly bytes: Uint8Array;
  readonly mediaType: string | null;
  /** As it was sent, with its parameters. */
  readonly contentType: string | undefined;
  readonly validators: Validators;
  /** What the answer's own head says to robots. */
  readonly robots: readonly string[];
};

export type PageAsked = {
  readonly known?: Validators | undefined;
  readonly maxBytes: number;
  /** Whether a redirect may be followed to there. */
  readonly mayGo?: (address: URL) => boolean;
  readonly signal: AbortSignal;
};

/** The web, read politely: as robots.txt allows, one request to a host at a time and not too soon after the last one. */
export interface Web {
  /** Null when what is known is still so. Throws a CertusError with the code of what is wrong with this one page. */
  page(address: URL, asked: PageAsked): Promise<WebPage | null>;
  /** What a page needs to show itself, whatever it is. */
  resource(
    address: URL,
    asked: { readonly maxBytes: number; readonly signal: AbortSignal },
  ): Promise<{ readonly bytes: Uint8Array; readonly contentType: string }>;
  /** What lies at an address of a site's sitemap; undefined when there is none. */
  sitemap(address: URL, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** The sitemaps that a site's robots.txt names. */
  sitemaps(address: URL): Promise<readonly string[]>;
  /** Whether robots.txt lets us ask for it: `robots_disallowed`, `robots_unavailable` when not. */
  refusal(address: URL): Promise<'robots_disallowed' | 'robots_unavailable' | undefined>;
}
