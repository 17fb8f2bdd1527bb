import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { parseJson } from './content.ts';
import type { Answer } from './exchange.ts';
import { checkRepository, personalTags } from './names.ts';
import { nextPage } from './next-page.ts';

/** Every page of a tag listing. A `Link` that leaves the registry, or a listing without an end, is refused. */
export const listTags = async (
  get: (target: URL) => Promise<Answer>,
  repository: string,
  registry: URL,
): Promise<string[]> => {
  const tags: string[] = [];
  let next: URL | undefined = new URL(`/v2/${checkRepository(repository)}/tags/list?n=1000`, registry);
  for (let page = 0; next !== undefined; page += 1) {
    if (page === MAX_PAGES || next.origin !== registry.origin)
      throw refused(repository, `a next page at ${next.origin}`);
    const answer = await get(next);
    if (answer.status === 404) break;
    const parsed = TagPage.safeParse(parseJson(answer.bytes));
    if (!parsed.success) throw refused(repository, 'no list of tags');
    tags.push(...(parsed.data.tags ?? []));
    next = nextPage(answer, next);
  }
  return personalTags(tags);
};

const MAX_PAGES = 1000;
const TagPage = z.object({ tags: z.array(z.string()).nullish() });

const refused = (repository: string, what: string) =>
  new CertusError('registry_refused', `The registry answers the listing of ${repository} with ${what}`);
