import { CertusError } from '../../../contracts/errors.ts';

/** A server that only this source needs: when it stays away that is for whoever asked to mend, and not for us to wait for. */
export async function fromRemote<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof CertusError && error.code === 'dependency_unavailable')) throw error;
    throw new CertusError('source_unreachable', error.message, { cause: error });
  }
}
