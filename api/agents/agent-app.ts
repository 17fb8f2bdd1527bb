import express, { type Express } from 'express';
import type { ApiDeps } from '../deps.ts';
import { answerTheRest, takeUpHabits } from '../habits.ts';
import { mountRoutes } from '../mount.ts';
import { deliveryRoutes } from './delivery-routes.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal' | 'objects' | 'trust' | 'log' | 'authenticator'>;

/** What agents talk to. Nobody is let in by a token here, and nothing else of the API is reached. */
export function createAgentApp(deps: Deps): Express {
  const app = express();
  takeUpHabits(app, deps.log);
  mountRoutes(app, deliveryRoutes(deps), deps.authenticator, deps.log);
  answerTheRest(app, deps.log);
  return app;
}
