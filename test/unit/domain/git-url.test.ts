import { expect, test } from '@jest/globals';
import { readGitUrl } from '../../../contracts/git-url.ts';

test.each([
  ['https://Git.Example/a', 'https://git.example/a', { host: 'git.example', port: 443, web: true }],
  ['http://git.example:8080/a', '', { host: 'git.example', port: 8080, web: true }],
  ['https://[::1]:444/a', '', { host: '::1', port: 444, web: true }],
  ['ssh://git@git.example/a', '', { host: 'git.example', port: 22, web: false }],
  ['ssh://git@Git.Example:2222/a', '', { host: 'git.example', port: 2222, web: false }],
  ['git@git.example:a/b.git', '', { host: 'git.example', port: 22, web: false }],
  ['git.example:a', '', { host: 'git.example', port: 22, web: false }],
  // as every HTTP client reads it: an address in disguise is still that address
  ['http://2130706433/a', 'http://127.0.0.1/a', { host: '127.0.0.1', port: 80, web: true }],
  ['http://0x7f.1/a', 'http://127.0.0.1/a', { host: '127.0.0.1', port: 80, web: true }],
])('%s names a host and a port', (given, url, expected) => {
  expect(readGitUrl(given)).toEqual({ url: url || given, ...expected });
});

test.each([
  'ext::sh -c touch% /tmp/x',
  'file:///etc',
  'ftp://git.example/a',
  'git://git.example/a',
  '-oProxyCommand=touch x',
  '--upload-pack=touch x',
  'ssh://-oProxyCommand=x/a',
  'ssh://git.example/-oProxyCommand=x',
  'ssh://git.example/%2doProxyCommand=x',
  '-oProxyCommand=x:a',
  'git.example:-a',
  'a@-oProxyCommand=x:a',
  'fd::17',
  'transport::address',
  '/relative/../x',
  'relative',
  '',
  'https://',
])('%j is refused', (given) => {
  expect(readGitUrl(given)).toEqual({ problem: expect.any(String) });
});

test.each([
  ['a backslash, which curl takes for a part of a name', 'http://93.184.216.34\\@127.0.0.1:9192/latest'],
  ['a backslash in the path', 'http://git.example/a\\b'],
  ['a tab, which URL drops', 'http://127.0.0.1\t.git.example/a'],
  ['a line break', 'http://git.example/\na'],
  ['white space at an end', ' http://git.example/a'],
  ['a character that nobody sees', 'http://git.example/a\u200b'],
  ['an escape that git undoes before it looks for the host', 'ssh://a%2f@git.example/a'],
  ['an escape in the host', 'ssh://127.0.0.1%2f.git.example/a'],
  ['a dot that keeps curl from the pinned address', 'https://git.example./a'],
])('what two programs read differently is refused: %s', (_, given) => {
  expect(readGitUrl(given)).toEqual({ problem: expect.any(String) });
});

test.each([
  'https://user:hunter22@git.example/a',
  'https://hunter22@git.example/a',
  'ssh://git:hunter22@git.example/a',
])('credentials in %s are refused and not repeated', (given) => {
  expect(readGitUrl(given)).toEqual({ problem: expect.not.stringContaining('hunter22') });
});
