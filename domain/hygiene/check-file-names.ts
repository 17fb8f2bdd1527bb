import type { Issue, TextFile } from './issue.ts';

/** Files whose name alone says that they were not meant to be shared. */
export function checkFileName(path: string): Issue[] {
  if (!KEY_STORE.test(path) || /\.pub$/.test(path)) return [];
  return [
    {
      rule: 'key-file',
      severity: 'medium',
      message: 'A file of this name holds private keys',
      path,
      line: null,
    },
  ];
}

const KEY_STORE = /(?:^|\/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|[^/]+\.(?:p12|pfx|jks|keystore|ppk|kdbx|bcfks))$/i;

export const isEnvironmentFile = (path: string): boolean =>
  /(?:^|\/)\.env(?:\.[\w-]+)*$/.test(path) &&
  !/\.(?:example|sample|template|dist|defaults?|tpl|schema)(?:\.|$)/i.test(path);

export function checkEnvironmentFile({ path, text }: TextFile): Issue[] {
  const at = text
    .split('\n')
    .findIndex((line) => /^\s*(?:export\s+)?[A-Za-z_][\w.]*\s*=\s*["']?[^\s"'#$]/.test(line));
  if (at === -1) return [];
  const message = 'The settings of one installation are there for everyone, and for good';
  return [{ rule: 'environment-file', severity: 'medium', message, path, line: at + 1 }];
}
