/** What went wrong, in words: fetch and others hide the useful half in `cause`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `: ${reasonOf(error.cause)}`;
  const message = error.message || (error as NodeJS.ErrnoException).code || error.name;
  return `${message}${cause}`;
}
