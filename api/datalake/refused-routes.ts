import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { WorkspaceId } from '../../contracts/identifiers.ts';
import { type Route, route } from '../route.ts';

/**
 * What the earlier system read from its own disk, for anybody who named a path. A client of it is told what to do instead,
 * and the path is neither looked at nor repeated.
 */
export const refusedRoutes = (): Route[] => [
  route({
    ...REFUSED,
    method: 'post',
    path: '/v1/datalake/upload',
    id: 'uploadFromServer',
    summary: 'Refused: nothing is read from the disk of the server',
    description: 'Bring the file itself: POST /v1/uploads/raw.',
    handle: () => refuse('bring the file itself: POST /v1/uploads/raw'),
  }),
  route({
    ...REFUSED,
    method: 'post',
    path: '/v1/{workspace_id}/index_folder',
    id: 'indexServerFolder',
    summary: 'Refused: nothing is read from the disk of the server',
    description: 'Bring the files of a folder: `certus ingest folder`, or POST /v1/ingest-folders.',
    params: z.object({ workspace_id: WorkspaceId }),
    handle: () => refuse('bring its files: `certus ingest folder`, or POST /v1/ingest-folders'),
  }),
];

const REFUSED = {
  tag: 'ingestion',
  auth: 'token',
  answers: {},
  errors: ['server_path_refused'],
} as const;

const refuse = (instead: string): Promise<never> =>
  Promise.reject(
    new CertusError('server_path_refused', `nothing is read from the disk of the server: ${instead}`),
  );
