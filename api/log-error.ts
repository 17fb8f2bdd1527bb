/** An error for the log: its account and those of its causes, without credentials that a URL in a message may carry. */
export function logError(error: unknown): { type: string; message: string; stack: string } {
  const chain: string[] = [];
  for (let at = error, depth = 0; at !== undefined && depth < 5; depth += 1) {
    chain.push(at instanceof Error ? (at.stack ?? at.message) : String(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return {
    type: error instanceof Error ? error.name : typeof error,
    message: withoutCredentials(error instanceof Error ? error.message : String(error)),
    stack: withoutCredentials(chain.join('\ncaused by: ')),
  };
}

function withoutCredentials(text: string): string {
  return text.slice(0, 8192).replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1***@');
}
