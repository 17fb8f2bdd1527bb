import { ifTainted, isCallOf, type Rule } from '../../rule.ts';

export const pathTraversal: Rule = {
  id: 'js/path-traversal',
  title: 'Path traversal',
  cwe: ['CWE-22'],
  severity: 'high',
  confidence: 'medium',
  message: 'What a request brings names a file',
  fix: 'Resolve the path, and refuse it when it does not lie below the folder that is meant.',
  check: (event) =>
    isCallOf(
      event,
      /^(?:fs(?:\.promises|\/promises)?|fs-extra)\.(?:readFile|readFileSync|writeFile|writeFileSync|appendFile|appendFileSync|createReadStream|createWriteStream|unlink|unlinkSync|rm|rmSync|rmdir|readdir|readdirSync|open|openSync|stat|statSync|copyFile|rename|mkdir|mkdirSync)$/,
    )
      ? ifTainted(event.args[0])
      : isCallOf(event, /(?:^|\.)(?:res|response|reply)\.(?:sendFile|sendfile|download)$/) &&
          !event.args[1]?.entries?.has('root')
        ? ifTainted(event.args[0])
        : null,
};
