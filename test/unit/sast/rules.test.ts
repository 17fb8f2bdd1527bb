import { describe, expect, test } from '@jest/globals';
import { JAVASCRIPT } from '../../../domain/sast/javascript.ts';
import { PYTHON } from '../../../domain/sast/python.ts';
import { analyseText } from '../../../domain/sast/scan-text.ts';

/** What is found in a program: rule and line. */
const found = (path: string, text: string): string[] =>
  (analyseText(path, text)?.findings ?? []).map(
    ({ rule, start }) => `${rule.id}:${text.slice(0, start).split('\n').length}`,
  );

type Case = readonly [rule: string, dangerous: readonly string[], harmless: readonly string[]];

/** How most languages write what they put into a text. */
const put = (name: string): string => `$\{${name}}`;

const JS: readonly Case[] = [
  [
    'sql-injection',
    [
      `app.get('/', (req, res) => { const id = req.query.id; db.query(\`select * from a where id = ${put('id')}\`); })`,
      "pool.query('SELECT * FROM t WHERE n = \\'' + req.body.name + \"'\")",
      "const { id } = req.params; let sql = 'delete from t where id='; sql += id; connection.execute(sql)",
      `async ({ query: { name } }, res) => { await prisma.$queryRawUnsafe(\`select ${put('name')}\`) }`,
      "client.query({ text: 'select a from b where c=' + req.get('x') })",
      "knex('t').whereRaw('a = ' + decodeURIComponent(ctx.request.query.a).trim())",
    ],
    [
      "db.query('select * from a where id = $1', [req.query.id])",
      `sql\`select * from a where id = ${put('req.query.id')}\``,
      "const id = Number(req.query.id); db.query('select * from a where id = ' + id)",
      "let id = req.query.id; id = 'x'; db.query('select * from a where id = ' + id)",
      'search.query(req.query.q)',
      "function f(id) { db.query('select a from b where c=' + id) } const id = req.query.id;",
    ],
  ],
  [
    'command-injection',
    [
      "import { exec } from 'node:child_process'; exec('convert ' + req.query.file)",
      `const cp = require('child_process'); cp.execSync(\`ls ${put('req.params.d')}\`)`,
      "const run = util.promisify(require('child_process').exec); await run('ls ' + req.body.x)",
      "import * as c from 'child_process'; c.spawn('sh', ['-c', req.query.a], { shell: true })",
      "import { execSync } from 'child_process'; execSync('ls ' + process.argv[2])",
    ],
    [
      "import { execFile } from 'child_process'; execFile('ls', [req.query.d])",
      "import { exec } from 'child_process'; exec('ls')",
      '/a/.exec(req.query.a)',
    ],
  ],
  [
    'shell-enabled',
    [`import { spawn } from 'child_process'; function f(a) { spawn(\`ls ${put('a')}\`, { shell: true }) }`],
    [
      "import { spawn } from 'child_process'; spawn('ls', { shell: true })",
      `import { spawn } from 'child_process'; spawn(\`ls ${put('a')}\`)`,
    ],
  ],
  [
    'code-injection',
    [
      'eval(req.body.code)',
      "new Function('return ' + req.query.f)",
      "import vm from 'vm'; vm.runInNewContext(req.body.x)",
      'eval(location.hash.slice(1))',
    ],
    ["eval('1 + 1')", 'JSON.parse(req.body.code)', 'setTimeout(() => f(req.body.x), 1)'],
  ],
  [
    'path-traversal',
    [
      "import fs from 'fs'; fs.readFile(req.query.f, () => 0)",
      "import { readFileSync } from 'node:fs'; import path from 'path'; readFileSync(path.join('a', req.params.f))",
      'res.sendFile(req.query.f)',
    ],
    [
      "import fs from 'fs'; fs.readFile('a', () => req.query.f)",
      'res.sendFile(req.query.f, { root: "a" })',
      "import fs from 'fs'; fs.readFile(process.argv[2])",
    ],
  ],
  [
    'open-redirect',
    [
      'res.redirect(req.query.next)',
      'res.redirect(302, req.query.next)',
      "location.href = new URLSearchParams(location.search).get('to')",
    ],
    ["res.redirect('/a')", 'res.redirect(allowed.get(req.query.next))'],
  ],
  [
    'dom-xss',
    [
      "document.getElementById('a').innerHTML = location.hash",
      "document.write('<b>' + decodeURIComponent(location.search) + '</b>')",
      '$("#a").html(location.hash)',
      'const A = () => <div dangerouslySetInnerHTML={{ __html: location.hash }} />',
    ],
    [
      'a.textContent = location.hash',
      'a.innerHTML = render(x)',
      'const A = () => <div>{location.hash}</div>',
      'a.innerHTML = DOMPurify.sanitize(location.hash)',
    ],
  ],
  [
    'reflected-xss',
    [`res.send(\`<h1>${put('req.query.name')}</h1>\`)`, "res.status(200).send('<p>' + req.body.a)"],
    [
      'res.send(req.query.name)',
      "res.send('<h1>' + escapeHtml(req.query.name))",
      'res.json({ a: req.query.a })',
    ],
  ],
  [
    'server-side-request-forgery',
    [
      'await fetch(req.query.url)',
      `import axios from 'axios'; axios.get(\`http://${put('req.body.host')}/a\`)`,
      "import http from 'http'; http.get({ host: req.query.h })",
    ],
    [
      "fetch('https://a', { body: req.body.a })",
      "import axios from 'axios'; axios.post('https://a', req.body)",
    ],
  ],
  [
    'regular-expression-injection',
    ['new RegExp(req.query.q)'],
    ["new RegExp('a')", 'new RegExp(escapeRegExp(req.query.q))'],
  ],
  [
    'nosql-injection',
    ['User.find(req.body)', "User.find({ $where: 'this.a == ' + req.query.a })"],
    ['User.find({ name: String(req.body.name) })', 'list.find((a) => a === req.query.a)'],
  ],
  [
    'prototype-pollution',
    ["import _ from 'lodash'; _.merge({}, req.body)", 'const k = req.body.k; a[req.body.j][k] = 1'],
    ["import _ from 'lodash'; _.merge({}, defaults)", 'a[req.body.k] = 1'],
  ],
  [
    'unsafe-deserialization',
    ["import s from 'node-serialize'; s.unserialize(req.cookies.a)"],
    ['JSON.parse(req.cookies.a)', "import yaml from 'js-yaml'; yaml.load(req.body)"],
  ],
  [
    'template-injection',
    ["import h from 'handlebars'; h.compile(req.body.t)"],
    ["import h from 'handlebars'; h.compile('a')(req.body)"],
  ],
  [
    'weak-hash',
    [
      "import crypto from 'crypto'; crypto.createHash('md5')",
      "import { createHash } from 'node:crypto'; const a = 'sha1'; createHash(a)",
    ],
    ["import crypto from 'crypto'; crypto.createHash('sha256')", "createHash('md5x')"],
  ],
  [
    'weak-password-hash',
    ["import crypto from 'crypto'; crypto.createHash('sha256').update(user.password).digest('hex')"],
    ["import crypto from 'crypto'; crypto.createHash('sha256').update(file).digest('hex')"],
  ],
  [
    'weak-cipher',
    [
      "import crypto from 'crypto'; crypto.createCipheriv('des-ede3-cbc', k, i)",
      "import crypto from 'crypto'; crypto.createCipheriv('aes-128-ecb', k, null)",
      "import crypto from 'crypto'; crypto.createCipher('aes256', k)",
    ],
    ["import crypto from 'crypto'; crypto.createCipheriv('aes-256-gcm', k, i)"],
  ],
  [
    'insecure-randomness',
    ['const token = Math.random().toString(36)', 'f({ sessionId: Math.random() })'],
    ['const x = Math.random()', 'const token = crypto.randomUUID()'],
  ],
  [
    'certificate-check-off',
    [
      'new Agent({ rejectUnauthorized: false })',
      "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'",
      "process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = 0",
    ],
    ['new Agent({ rejectUnauthorized: true })', 'new Agent({ rejectUnauthorized: strict })'],
  ],
  [
    'hardcoded-jwt-secret',
    [
      "import jwt from 'jsonwebtoken'; jwt.sign(a, 'squirrel')",
      "import session from 'express-session'; const SECRET = 'squirrel'; app.use(session({ secret: SECRET }))",
    ],
    ["import jwt from 'jsonwebtoken'; jwt.sign(a, process.env.KEY)", "math.sign(a, 'b')"],
  ],
  [
    'jwt-not-verified',
    ["import jwt from 'jsonwebtoken'; jwt.verify(t, k, { algorithms: ['HS256', 'none'] })"],
    ["import jwt from 'jsonwebtoken'; jwt.verify(t, k, { algorithms: ['HS256'] })"],
  ],
  [
    'permissive-cors',
    ["import cors from 'cors'; app.use(cors({ origin: true, credentials: true }))"],
    [
      "import cors from 'cors'; app.use(cors({ origin: 'https://a', credentials: true }))",
      "import cors from 'cors'; app.use(cors())",
    ],
  ],
  [
    'insecure-cookie',
    [
      "res.cookie('session', id)",
      "res.cookie('auth_token', t, { secure: true })",
      'session({ cookie: { httpOnly: false } })',
    ],
    [
      "res.cookie('session', id, { httpOnly: true })",
      "res.cookie('theme', t)",
      "res.cookie('session', id, options)",
    ],
  ],
  [
    'xml-external-entities',
    ["import x from 'libxmljs'; x.parseXml(a, { noent: true })"],
    ["import x from 'libxmljs'; x.parseXml(a)"],
  ],
];

const FLASK = 'from flask import request, redirect, make_response, render_template_string\n';
const PY: readonly Case[] = [
  [
    'sql-injection',
    [
      `${FLASK}cur.execute("select * from t where id = %s" % request.args["id"])`,
      `${FLASK}q = request.form.get("q")\ncur.execute(f"select * from t where a = '{q}'")`,
      `${FLASK}sql = "select * from t where a = {}".format(request.json["a"])\ndb.session.execute(sql)`,
      '@app.route("/<name>")\ndef f(name):\n    cur.execute("select * from t where a = " + name)',
      'cur.execute("select * from t where a = " + input())',
    ],
    [
      `${FLASK}cur.execute("select * from t where id = %s", (request.args["id"],))`,
      `${FLASK}cur.execute("select * from t where id = %d" % int(request.args["id"]))`,
      '@app.route("/a")\ndef f(name):\n    cur.execute("select * from t where a = ?", name)',
    ],
  ],
  [
    'sql-string-building',
    ['def f(a):\n    cur.execute(f"select * from {a}")', 'cur.execute("delete from t where a = " + a)'],
    [
      'cur.execute("select * from t")',
      'cur.execute("select * from t where a = %s", a)',
      'runner.execute(f"step {a}")',
    ],
  ],
  [
    'command-injection',
    [
      `import os\n${FLASK}os.system("ls " + request.args.get("d"))`,
      `import subprocess as sp\n${FLASK}sp.run(f"ls {request.args['d']}", shell=True)`,
      'from os import system\nimport sys\nsystem("ls " + sys.argv[1])',
    ],
    [`import subprocess\n${FLASK}subprocess.run(["ls", request.args["d"]])`, 'import os\nos.system("ls")'],
  ],
  [
    'shell-enabled',
    [
      'import subprocess\ndef f(a):\n    subprocess.Popen("ls " + a, shell=True)',
      'import os\ndef f(a):\n    os.system(f"ls {a}")',
    ],
    ['import subprocess\nsubprocess.run("ls", shell=True)', 'import subprocess\nsubprocess.run(["ls", a])'],
  ],
  [
    'code-injection',
    [`${FLASK}eval(request.args["x"])`, 'exec(input())'],
    ['eval("1")', `${FLASK}import ast\nast.literal_eval(request.args["x"])`],
  ],
  [
    'path-traversal',
    [
      `${FLASK}open(request.args["f"])`,
      `import os\n${FLASK}with open(os.path.join("a", request.args["f"])) as h:\n    h.read()`,
    ],
    [
      'open("a")',
      `import os\n${FLASK}open(os.path.basename(request.args["f"]))`,
      'import sys\nopen(sys.argv[1])',
    ],
  ],
  [
    'server-side-request-forgery',
    [
      `import requests\n${FLASK}requests.get(request.args["u"])`,
      `from urllib.request import urlopen\n${FLASK}urlopen(request.args["u"])`,
    ],
    [`import requests\n${FLASK}requests.post("https://a", data=request.form)`],
  ],
  ['open-redirect', [`${FLASK}redirect(request.args.get("next"))`], [`${FLASK}redirect("/a")`]],
  [
    'template-injection',
    [
      `${FLASK}render_template_string("hello " + request.args["n"])`,
      `import jinja2\n${FLASK}jinja2.Template(request.args["t"])`,
    ],
    [`${FLASK}render_template_string("hello {{ n }}", n=request.args["n"])`],
  ],
  [
    'reflected-xss',
    [`${FLASK}make_response(f"<h1>{request.args['n']}</h1>")`],
    [`${FLASK}make_response(request.args["n"])`],
  ],
  [
    'unsafe-deserialization',
    [`import pickle\n${FLASK}pickle.loads(request.data)`],
    ['import json\njson.loads(a)', 'import pickle\npickle.dumps(a)'],
  ],
  [
    'pickled-data',
    ['import pickle\npickle.load(handle)', 'import pickle as p\np.loads(a)'],
    ['import pickle\npickle.loads(b"x")', `import pickle\n${FLASK}pickle.loads(request.data)`],
  ],
  [
    'unsafe-yaml',
    [
      'import yaml\nyaml.load(a)',
      'import yaml\nyaml.load(a, Loader=yaml.Loader)',
      'import yaml\nyaml.unsafe_load(a)',
    ],
    [
      'import yaml\nyaml.safe_load(a)',
      'import yaml\nyaml.load(a, Loader=yaml.SafeLoader)',
      'from yaml import CSafeLoader\nimport yaml\nyaml.load(a, CSafeLoader)',
    ],
  ],
  [
    'certificate-check-off',
    [
      'import requests\nrequests.get("https://a", verify=False)',
      'import ssl\nssl._create_default_https_context = ssl._create_unverified_context',
      'import ssl\nc.verify_mode = ssl.CERT_NONE',
    ],
    ['import requests\nrequests.get("https://a", verify="ca.pem")', 'verify = False'],
  ],
  [
    'flask-debug',
    [
      'app.run(debug=True)',
      'from flask import Flask\nserver = Flask("a")\nserver.run(host="0.0.0.0", debug=True)',
    ],
    ['app.run(debug=settings.DEBUG)', 'app.run()'],
  ],
  [
    'insecure-temporary-file',
    ['import tempfile\ntempfile.mktemp()'],
    ['import tempfile\ntempfile.mkstemp()'],
  ],
  [
    'weak-hash',
    ['import hashlib\nhashlib.md5(a)', 'import hashlib\nhashlib.new("sha1", a)'],
    ['import hashlib\nhashlib.sha256(a)', 'import hashlib\nhashlib.md5(a, usedforsecurity=False)'],
  ],
  [
    'weak-password-hash',
    ['import hashlib\nhashlib.md5(password.encode())'],
    ['import hashlib\nhashlib.sha256(content)'],
  ],
  [
    'weak-cipher',
    ['from Crypto.Cipher import DES\nDES.new(k)', 'from Crypto.Cipher import AES\nAES.new(k, AES.MODE_ECB)'],
    ['from Crypto.Cipher import AES\nAES.new(k, AES.MODE_GCM)'],
  ],
  [
    'insecure-randomness',
    ['import random\ntoken = random.choice("abc")', 'import random\nself.session_id = random.randint(1, 9)'],
    ['import random\nx = random.random()', 'import secrets\ntoken = secrets.token_hex()'],
  ],
  [
    'unsafe-archive',
    [
      'import tarfile\nwith tarfile.open(a) as t:\n    t.extractall("b")',
      'import tarfile\ntarfile.open(a).extractall()',
    ],
    ['import tarfile\ntarfile.open(a).extractall("b", filter="data")'],
  ],
  [
    'xml-external-entities',
    [
      `import xml.etree.ElementTree as ET\n${FLASK}ET.fromstring(request.data)`,
      'from lxml import etree\netree.XMLParser(resolve_entities=True)',
    ],
    [
      'import xml.etree.ElementTree as ET\nET.parse("a.xml")',
      `import defusedxml.ElementTree as ET\n${FLASK}ET.fromstring(request.data)`,
    ],
  ],
  [
    'hardcoded-jwt-secret',
    [
      'import jwt\njwt.encode(a, "squirrel")',
      'app.secret_key = "squirrel"',
      'app.config["SECRET_KEY"] = "squirrel"',
    ],
    ['import jwt, os\njwt.encode(a, os.environ["KEY"])', 'app.secret_key = os.environ["KEY"]'],
  ],
  [
    'jwt-not-verified',
    [
      'import jwt\njwt.decode(t, options={"verify_signature": False})',
      'import jwt\njwt.decode(t, k, verify=False)',
    ],
    ['import jwt\njwt.decode(t, k, algorithms=["HS256"])'],
  ],
];

describe.each([
  ['js', 'a.js', JS, JAVASCRIPT],
  ['py', 'a.py', PY, PYTHON],
] as const)('%s', (language, path, cases, { rules }) => {
  test.each(cases)('%s', (rule, dangerous, harmless) => {
    const id = `${language}/${rule}`;
    for (const text of dangerous)
      expect([text, found(path, text).filter((one) => one.startsWith(`${id}:`)).length]).toEqual([text, 1]);
    for (const text of harmless)
      expect([text, found(path, text).filter((one) => one.startsWith(`${id}:`))]).toEqual([text, []]);
  });

  test('has a case for every rule', () => {
    expect(rules.map(({ id }) => id).sort()).toEqual(cases.map(([rule]) => `${language}/${rule}`).sort());
  });
});

describe('values are followed', () => {
  const sink = (value: string) => `eval(${value})`;
  test.each([
    ['through a chain of names', `let a = req.body.a; const b = a; const c = [b]; ${sink('c[0]')}`],
    ['out of an object', `const o = { a: req.body.a }; ${sink('o.a')}`],
    ['through a property', `this.a = req.body.a; ${sink('this.a')}`],
    ['through a list that is taken apart', `const [a, b] = req.body.list; ${sink('b')}`],
    ['with a default', `const { a = 1 } = req.body; ${sink('a')}`],
    ['into an inner function', `const a = req.body.a; run(() => { ${sink('a')} })`],
    ['out of a branch', `let a = ''; if (x) { a = req.body.a } ${sink('a')}`],
    ['past a branch that may not run', `let a = req.body.a; if (x) { a = '' } ${sink('a')}`],
    ['through a choice', sink("x ? req.body.a : ''")],
    ['through types', `const a = (req.body.a as string)!; ${sink('a')}`],
    ['in a class', `class A { m(req: R) { ${sink('req.body.a')} } }`],
    ['in a loop', `for (const a of req.body.list) ${sink('a')}`],
    [
      'in a handler that takes the request apart',
      `app.post('/', async ({ body }, res) => { ${sink('body.a')} })`,
    ],
    ['through a promise', `const a = await Promise.resolve(req.body.a); ${sink('a')}`],
  ])('%s', (_, text) => {
    expect(found('a.ts', text)).toEqual(['js/code-injection:1']);
  });

  test('in Python out of lists, loops and comprehensions', () => {
    for (const text of [
      'a, b = request.args["x"], 1\neval(a)',
      'for a in request.args:\n    eval(a)',
      'x = [eval(a) for a in request.args]',
      'with request.files["a"] as a:\n    eval(a)',
      'if (a := request.args["x"]):\n    eval(a)',
      'a = b = request.args["x"]\neval(b)',
    ])
      expect([text, found('a.py', text).filter((one) => one.startsWith('py/code-injection')).length]).toEqual(
        [text, 1],
      );
    expect(found('a.py', 'a, b = request.args["x"], 1\neval(b)')).toEqual([]);
  });

  test('from where they come in to where they do harm', () => {
    const text = 'const a = req.query.a;\nconst b = "x" + a;\neval(b);';
    const [finding] = analyseText('a.js', text)?.findings ?? [];
    expect(finding?.hit.taint?.steps.map(({ start, end }) => text.slice(start, end))).toEqual([
      'req.query',
      'a = req.query.a',
      'b = "x" + a',
    ]);
  });
});
