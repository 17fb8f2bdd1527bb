import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export type Received = { readonly from: string; readonly to: readonly string[]; readonly data: string };

/** As much of a mail server as it takes to be sent mail: RFC 5321's commands, one line at a time. */
export async function smtpServer(answers: Readonly<Record<string, string>> = {}) {
  const received: Received[] = [];
  const commands: string[] = [];
  const server = createServer((socket) => converse(socket, answers, commands, received));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    received,
    commands,
    url: `smtp://127.0.0.1:${port}`,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

function converse(
  socket: Socket,
  answers: Readonly<Record<string, string>>,
  commands: string[],
  received: Received[],
): void {
  const say = (line: string) => void socket.write(`${line}\r\n`);
  let [from, to, data] = ['', [] as string[], undefined as string[] | undefined];
  const command = (line: string) => {
    const verb = line.split(/[ :]/)[0]?.toUpperCase() ?? '';
    commands.push(line);
    const refused = answers[verb];
    if (refused !== undefined) return say(refused);
    if (verb === 'EHLO') return say(`250-here\r\n250 ${answers.EXTENSION ?? '8BITMIME'}`);
    if (verb === 'MAIL') from = /<(.*?)>/.exec(line)?.[1] ?? '';
    if (verb === 'RCPT') to.push(/<(.*?)>/.exec(line)?.[1] ?? '');
    if (verb === 'DATA') {
      data = [];
      return say('354 go on');
    }
    if (!['MAIL', 'RCPT', 'RSET', 'QUIT'].includes(verb)) return say('502 no such command here');
    say(verb === 'QUIT' ? '221 bye' : '250 ok');
    if (verb === 'QUIT') socket.end();
  };
  const content = (line: string, lines: string[]) => {
    if (line !== '.') return void lines.push(line.replace(/^\.\./, '.'));
    received.push({ from, to, data: lines.join('\n') });
    [from, to, data] = ['', [], undefined];
    say(answers.END ?? '250 taken');
  };
  let buffered = '';
  socket.on('data', (chunk) => {
    const lines = `${buffered}${chunk}`.split('\r\n');
    buffered = lines.pop() ?? '';
    for (const line of lines) data === undefined ? command(line) : content(line, data);
  });
  socket.on('error', () => socket.destroy());
  say('220 here');
}
