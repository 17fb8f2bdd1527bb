import express, { type Express } from 'express';
import type { ApiDeps } from './deps.ts';
import { answerTheRest, takeUpHabits } from './habits.ts';
import { hostGuard, originGuard } from './host-guard.ts';
import { mountRoutes } from './mount.ts';
import { apiRoutes } from './routes.ts';

/** The HTTP side of Certus. It validates, authorises, starts or asks a workflow, and answers; it decides nothing else. */
export function createApp(deps: ApiDeps): Express {
  const app = express();
  takeUpHabits(app, deps.log);
  app.use(hostGuard(deps.settings.CERTUS_API_HOST, deps.settings.CERTUS_API_ALLOWED_HOSTS), originGuard);
  mountRoutes(app, apiRoutes(deps), deps.authenticator, deps.log);
  answerTheRest(app, deps.log);
  return app;
}
