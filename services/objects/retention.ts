import { CertusError } from '../../contracts/errors.ts';
import type { ObjectInfo } from './store.ts';

/** What an object tells of its retention: nothing once its time has passed. */
export const stillRetained = (until: string | Date | undefined): Pick<ObjectInfo, 'retainUntil'> => {
  const retainUntil = until === undefined ? undefined : new Date(until);
  return retainUntil !== undefined && retainUntil.getTime() > Date.now() ? { retainUntil } : {};
};

/** Refuses to lay hands on what is retained. */
export const requireFree = (where: string, standing: ObjectInfo | undefined): void => {
  if (standing?.retainUntil === undefined) return;
  const until = standing.retainUntil.toISOString();
  throw new CertusError('object_retained', `${where} stays as it is until ${until}`);
};
