import type { Answer } from './exchange.ts';

/** Where a listing goes on, as its `Link` says; whether that is still the registry, whoever follows it looks. */
export const nextPage = (answer: Answer, current: URL): URL | undefined => {
  const target = /<([^<>]{1,2048})>\s*;\s*rel="?next"?/i.exec(answer.header('link') ?? '')?.[1];
  return target !== undefined && URL.canParse(target, current.href) ? new URL(target, current) : undefined;
};
