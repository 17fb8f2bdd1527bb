import { z } from 'zod';

export const AcceptHeader = z.object({
  accept: z.string().max(1024).optional().meta({ description: '`text/html` for a page.' }),
});

export const wantsPage = ({ accept }: z.infer<typeof AcceptHeader>): boolean =>
  /\btext\/html\b/i.test(accept ?? '');

export const PAGE_ALTERNATIVE = { 'text/html': { schema: z.string() } };
