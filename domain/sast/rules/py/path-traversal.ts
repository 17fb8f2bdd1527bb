import { ifTainted, isCallOf, type Rule } from '../../rule.ts';

export const pathTraversal: Rule = {
  id: 'py/path-traversal',
  title: 'Path traversal',
  cwe: ['CWE-22'],
  severity: 'high',
  confidence: 'medium',
  message: 'What a request brings names a file',
  fix: 'Resolve the path, and refuse it when it does not lie below the folder that is meant.',
  check: (event) =>
    isCallOf(
      event,
      /^(?:(?:builtins\.|io\.|codecs\.)?open|os\.(?:remove|unlink|rmdir|listdir|mkdir|makedirs|rename)|shutil\.(?:copy|copyfile|move|rmtree)|(?:flask\.)?send_file|pathlib\.Path\(\)\.(?:read_text|read_bytes|write_text|write_bytes|open|unlink))$/,
    )
      ? ifTainted(event.args[0], event.receiver)
      : null,
};
