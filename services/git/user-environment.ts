/**
 * What a person has set up so that git gets out of this network at all. Nothing else of the worker's environment reaches
 * git: a variable can name a command to run, and a token in one is none of a remote's business.
 */
export function webEnvironment(ours: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // curl takes all of these; git knows only its own name for the authorities to trust
  const authorities = ours.GIT_SSL_CAINFO ?? ours.SSL_CERT_FILE ?? ours.NODE_EXTRA_CA_CERTS;
  return {
    ...only(ours, ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY', 'SSL_CERT_FILE']),
    ...(authorities === undefined ? {} : { GIT_SSL_CAINFO: authorities }),
  };
}

/** A key agent signs for whoever can reach its socket: only the transport that needs it gets it. */
export const sshEnvironment = (ours: NodeJS.ProcessEnv): NodeJS.ProcessEnv => only(ours, ['SSH_AUTH_SOCK']);

const only = (ours: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(names.flatMap((name) => (ours[name] ? [[name, ours[name]]] : [])));
