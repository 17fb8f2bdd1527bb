import { createLogger, type Logger } from '../log/log.ts';
import type { AgentConfiguration } from './configuration.ts';

/** Lines of JSON: names of the configuration, counts and codes, and names of items as they leave the site. */
export const createSiteLog = ({ log_level }: Pick<AgentConfiguration, 'log_level'>): Logger =>
  createLogger('agent', { CERTUS_LOG_LEVEL: log_level });
