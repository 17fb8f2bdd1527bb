import { findSecretsIn } from '../../secrets/find-secrets.ts';
import type { Recogniser } from '../recogniser.ts';

/** Keys and passwords: whose they are does not matter. */
export const SECRET: Recogniser = {
  type: 'SECRET',
  where: 'text',
  find: (text, _, around) =>
    findSecretsIn(around.at(0, 0).path, text, 0).map(({ start, end, confidence }) => ({
      start,
      end,
      likelihood: confidence === 'high' ? 0.95 : 0.75,
      nobodys: false,
    })),
};
