import { parser } from '@lezer/python';
import { Depth, type Expression, type Program, type Span, type Statement } from './program.ts';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

/** Reads Python. The parser goes on after what it does not know; `isWhole` says whether it had to. */
export function readPython(text: string): { program: Program; isWhole: boolean } {
  const tree = parser.parse(text);
  const reader = new Reader(text);
  const program = reader.statements(children(tree.topNode));
  return { program, isWhole: !reader.metError };
}

const at = ({ from, to }: SyntaxNode): Span => ({ start: from, end: to });

function children(node: SyntaxNode): SyntaxNode[] {
  const list: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (child.name !== 'Comment') list.push(child);
  return list;
}

/** The parts of a list between its commas, each with all of its nodes. */
function split(list: readonly SyntaxNode[], separator: string): SyntaxNode[][] {
  const parts: SyntaxNode[][] = [[]];
  for (const node of list)
    if (node.name === separator) parts.push([]);
    else parts.at(-1)?.push(node);
  return parts.filter(({ length }) => length > 0);
}

class Reader {
  metError = false;
  readonly #text: string;
  readonly #depth = new Depth();
  #hidden = 0;

  constructor(text: string) {
    this.#text = text;
  }

  statements(list: readonly SyntaxNode[]): Statement[] {
    return list.flatMap((node) => this.#depth.enter(() => this.#statement(node)));
  }

  #textOf({ from, to }: SyntaxNode): string {
    return this.#text.slice(from, to);
  }

  #statement(node: SyntaxNode): Statement[] {
    const list = children(node);
    switch (node.name) {
      case 'ImportStatement':
        return this.#imports(node, list);
      case 'AssignStatement':
        return this.#assign(node, list);
      case 'UpdateStatement': {
        const [target, , ...value] = list;
        if (target === undefined) return [];
        return [
          {
            ...at(node),
            kind: 'assign',
            target: this.expression(target),
            value: this.#all(node, value),
            isUpdate: true,
          },
        ];
      }
      case 'FunctionDefinition':
        return [this.#function(node, false)];
      case 'DecoratedStatement':
        return this.#decorated(list);
      case 'ClassDefinition':
        return [{ ...at(node), kind: 'function', params: [], body: this.#bodyOf(list) }];
      case 'ForStatement':
        return this.#for(node, list);
      case 'WithStatement':
        return [...this.#with(list), ...this.#bodyOf(list)];
      case 'IfStatement':
      case 'WhileStatement':
      case 'TryStatement':
      case 'MatchStatement':
      case 'MatchBody':
      case 'MatchClause':
        return list.flatMap((child) => this.#part(child));
      case 'StatementGroup':
      case 'Body':
        return this.statements(list);
      case '⚠':
        this.metError = true;
        return [];
      case 'ExpressionStatement':
      case 'ReturnStatement':
      case 'RaiseStatement':
      case 'AssertStatement':
      case 'PrintStatement':
      case 'DeleteStatement':
        return list
          .filter(isExpression)
          .map((child) => ({ ...at(node), kind: 'evaluate', value: this.expression(child) }));
      default:
        return [];
    }
  }

  /** Of a statement with bodies: they may run, and what stands before them does. */
  #part(node: SyntaxNode): Statement[] {
    if (node.name === 'Body') return [{ ...at(node), kind: 'branch', body: this.statements(children(node)) }];
    if (/^Match(?:Body|Clause)$/.test(node.name)) return this.statements([node]);
    return isExpression(node) ? [{ ...at(node), kind: 'evaluate', value: this.expression(node) }] : [];
  }

  #bodyOf(list: readonly SyntaxNode[]): Statement[] {
    return list.filter(({ name }) => name === 'Body').flatMap((body) => this.statements(children(body)));
  }

  #imports(node: SyntaxNode, list: readonly SyntaxNode[]): Statement[] {
    const words = list.map((child) => (child.name === 'VariableName' ? this.#textOf(child) : child.name));
    const from = words.indexOf('from');
    const start = words.indexOf('import');
    if (start === -1) return [];
    const module = from === -1 ? '' : `${words.slice(from + 1, start).join('')}.`;
    const names = words.slice(start + 1).filter((word) => word !== '(' && word !== ')');
    return names
      .join(' ')
      .split(',')
      .flatMap((one): Statement[] => {
        const [path = '', alias] = one.split(/\bas\b/).map((part) => part.replaceAll(' ', ''));
        if (path === '') return [];
        // `import a.b` binds a
        const name = alias ?? path.split('.')[0] ?? path;
        return [
          {
            ...at(node),
            kind: 'import',
            name,
            path: `${module}${alias === undefined && from === -1 ? name : path}`,
          },
        ];
      });
  }

  #assign(node: SyntaxNode, list: readonly SyntaxNode[]): Statement[] {
    const sides = split(
      list.filter(({ name }) => name !== 'TypeDef'),
      'AssignOp',
    );
    const given = sides.pop();
    if (given === undefined || sides.length === 0) return [];
    const values = split(given, ',');
    const places = sides.map((side) =>
      split(side, ',').flatMap((nodes) => nodes.filter(isExpression).flatMap(tupleParts)),
    );
    const assign = (target: Expression, value: Expression): Statement => ({
      ...at(node),
      kind: 'assign',
      target,
      value,
      isUpdate: false,
    });
    const [targets] = places;
    if (places.length === 1 && targets !== undefined && targets.length === values.length)
      return targets.map((target, index) =>
        assign(this.expression(target), this.#all(node, values[index] ?? [])),
      );
    const held = this.#held(node);
    return [
      assign(held, this.#all(node, given)),
      ...places.flat().map((target) => assign(this.expression(target), held)),
    ];
  }

  /** A value with several targets is evaluated once: again for each of them, level by level, would be beyond counting. */
  #held(node: SyntaxNode): Expression {
    this.#hidden += 1;
    return { ...at(node), kind: 'name', name: `%${this.#hidden}` };
  }

  #decorated(list: readonly SyntaxNode[]): Statement[] {
    const decorators = list.filter(({ name }) => name === 'Decorator');
    // the parts of an address that the framework hands over
    const isRoute = decorators.some((one) =>
      /^@[\w.]{1,100}\.(?:route|get|post|put|delete|patch|websocket)\s{0,4}\([^)]{0,400}[<{]/.test(
        this.#textOf(one),
      ),
    );
    return list.flatMap((child) =>
      child.name === 'FunctionDefinition' ? [this.#function(child, isRoute)] : this.statements([child]),
    );
  }

  #function(node: SyntaxNode, isRoute: boolean): Statement {
    const list = children(node);
    const params = list
      .filter(({ name }) => name === 'ParamList')
      .flatMap(children)
      .filter((child) => child.name === 'VariableName' && child.prevSibling?.name !== 'AssignOp');
    const names = params.map((param) => this.#textOf(param));
    const given = params
      .filter(
        (_, index) => isRoute && !/^(?:self|cls|request|req|db|session|response)$/.test(names[index] ?? ''),
      )
      .map((param): Statement => ({ ...at(param), kind: 'given', name: this.#textOf(param) }));
    return { ...at(node), kind: 'function', params: names, body: [...given, ...this.#bodyOf(list)] };
  }

  #for(node: SyntaxNode, list: readonly SyntaxNode[]): Statement[] {
    return [
      ...this.#loops(list).map((value): Statement => ({ ...at(node), kind: 'evaluate', value })),
      ...list.filter(({ name }) => name === 'Body').flatMap((body) => this.#part(body)),
    ];
  }

  /** `for a, b in values`, of which a comprehension has several. */
  #loops(list: readonly SyntaxNode[]): Expression[] {
    const found: Expression[] = [];
    for (let index = list.findIndex(({ name }) => name === 'for'); index !== -1; ) {
      const inside = list.findIndex(({ name }, place) => place > index && name === 'in');
      const values = list[inside + 1];
      if (inside === -1 || values === undefined) break;
      const assign = (target: Expression, value: Expression): void => {
        const statement: Statement = { ...at(values), kind: 'assign', target, value, isUpdate: false };
        found.push({ ...at(values), kind: 'assignment', statement });
      };
      const held = this.#held(values);
      assign(held, { ...at(values), kind: 'any', parts: [this.expression(values)] });
      for (const target of list
        .slice(index + 1, inside)
        .filter(isExpression)
        .flatMap(tupleParts))
        assign(this.expression(target), held);
      index = list.findIndex(({ name }, place) => place > inside && name === 'for');
    }
    return found;
  }

  #with(list: readonly SyntaxNode[]): Statement[] {
    return list.flatMap((node, index): Statement[] => {
      const target = list[index + 2];
      if (!isExpression(node) || list[index - 1]?.name === 'as') return [];
      const value = this.expression(node);
      if (list[index + 1]?.name !== 'as' || target === undefined)
        return [{ ...at(node), kind: 'evaluate', value }];
      return [{ ...at(node), kind: 'assign', target: this.expression(target), value, isUpdate: false }];
    });
  }

  #all(node: SyntaxNode, list: readonly SyntaxNode[]): Expression {
    const parts = list.filter(isExpression).map((child) => this.expression(child));
    return parts.length === 1 ? (parts[0] as Expression) : { ...at(node), kind: 'any', parts };
  }

  expression(node: SyntaxNode): Expression {
    return this.#depth.enter(() => this.#expression(node));
  }

  #expression(node: SyntaxNode): Expression {
    const list = children(node);
    switch (node.name) {
      case 'VariableName':
        return { ...at(node), kind: 'name', name: this.#textOf(node) };
      case 'String':
        return { ...at(node), kind: 'constant', value: unquoted(this.#textOf(node)) };
      case 'Number':
        return { ...at(node), kind: 'constant', value: Number(this.#textOf(node)) };
      case 'Boolean':
        return { ...at(node), kind: 'constant', value: this.#textOf(node) === 'True' };
      case 'None':
        return { ...at(node), kind: 'constant', value: null };
      case 'FormatString':
        return this.#format(node, list);
      case 'ContinuedString':
        return { ...at(node), kind: 'text', parts: list.map((child) => this.expression(child)) };
      case 'MemberExpression':
        return this.#member(node, list);
      case 'CallExpression':
        return this.#call(node, list);
      case 'BinaryExpression':
        return this.#binary(node);
      case 'ConditionalExpression': {
        const [result, asked, otherwise] = list.filter(isExpression).map((child) => this.expression(child));
        const test: Expression = { ...at(node), kind: 'other', parts: asked === undefined ? [] : [asked] };
        return {
          ...at(node),
          kind: 'any',
          parts: [test, result, otherwise].filter((part) => part !== undefined),
        };
      }
      case 'ParenthesizedExpression':
      case 'AwaitExpression':
      case 'YieldExpression':
      case 'TupleExpression':
      case 'ArrayExpression':
      case 'SetExpression':
        return this.#all(node, list);
      case 'DictionaryExpression':
        return this.#dictionary(node, list);
      case 'ArrayComprehensionExpression':
      case 'ComprehensionExpression':
      case 'SetComprehensionExpression':
      case 'DictionaryComprehensionExpression':
        return this.#comprehension(node, list);
      case 'LambdaExpression': {
        const value = list.at(-1);
        const body: Statement[] =
          value === undefined ? [] : [{ ...at(value), kind: 'evaluate', value: this.expression(value) }];
        return { ...at(node), kind: 'function', params: [], body };
      }
      case 'NamedExpression': {
        const [target, , value] = list;
        if (target === undefined || value === undefined) return { ...at(node), kind: 'other', parts: [] };
        const assigned = { target: this.expression(target), value: this.expression(value), isUpdate: false };
        return { ...at(node), kind: 'assignment', statement: { ...at(node), kind: 'assign', ...assigned } };
      }
      case '⚠':
        this.metError = true;
        return { ...at(node), kind: 'other', parts: [] };
      default:
        return {
          ...at(node),
          kind: 'other',
          parts: list.filter(isExpression).map((child) => this.expression(child)),
        };
    }
  }

  /** Between the replacements lies the text. */
  #format(node: SyntaxNode, list: readonly SyntaxNode[]): Expression {
    const parts: Expression[] = [];
    let from = node.from;
    for (const replacement of list.filter(({ name }) => name === 'FormatReplacement')) {
      parts.push({
        start: from,
        end: replacement.from,
        kind: 'constant',
        value: this.#text.slice(from, replacement.from),
      });
      const [value] = children(replacement).filter(isExpression);
      if (value !== undefined) parts.push(this.expression(value));
      from = replacement.to;
    }
    parts.push({ start: from, end: node.to, kind: 'constant', value: this.#text.slice(from, node.to) });
    return { ...at(node), kind: 'text', parts };
  }

  #member(node: SyntaxNode, list: readonly SyntaxNode[]): Expression {
    const [first, ...rest] = list;
    if (first === undefined) return { ...at(node), kind: 'other', parts: [] };
    const object = this.expression(first);
    const property = rest.find(({ name }) => name === 'PropertyName');
    if (property !== undefined)
      return { ...at(node), kind: 'member', object, property: this.#textOf(property), key: null };
    const key = rest.find(isExpression);
    if (key?.name === 'String')
      return { ...at(node), kind: 'member', object, property: unquoted(this.#textOf(key)), key: null };
    return {
      ...at(node),
      kind: 'member',
      object,
      property: null,
      key: key === undefined ? null : this.expression(key),
    };
  }

  #call(node: SyntaxNode, list: readonly SyntaxNode[]): Expression {
    const [callee, args] = list;
    if (callee === undefined) return { ...at(node), kind: 'other', parts: [] };
    const given = args === undefined ? [] : children(args).filter(({ name }) => name !== '(' && name !== ')');
    const positional: Expression[] = [];
    const named: [string, Expression][] = [];
    if (given.some(({ name }) => name === 'for')) positional.push(this.#comprehension(node, given));
    else
      for (const part of split(given, ',')) {
        const [name, sign, ...value] = part;
        if (name?.name === 'VariableName' && sign?.name === 'AssignOp')
          named.push([this.#textOf(name), this.#all(node, value)]);
        else if (part.some(isExpression)) positional.push(this.#all(node, part));
      }
    return {
      ...at(node),
      kind: 'call',
      callee: this.expression(callee),
      args: positional,
      named,
      isNew: false,
    };
  }

  /** A chain leans to the left, and one written by a machine has thousands of links. */
  #binary(node: SyntaxNode): Expression {
    const operator = this.#operatorOf(node);
    const operands: SyntaxNode[] = [];
    let left: SyntaxNode | null = node;
    while (left !== null && left.name === 'BinaryExpression' && this.#operatorOf(left) === operator) {
      if (left.lastChild !== null) operands.push(left.lastChild);
      left = left.firstChild;
    }
    if (left !== null) operands.push(left);
    const parts = operands.reverse().map((operand) => this.expression(operand));
    if (operator === '+' || operator === '%') return { ...at(node), kind: 'text', parts };
    return { ...at(node), kind: operator === 'or' || operator === 'and' ? 'any' : 'other', parts };
  }

  #operatorOf(node: SyntaxNode): string {
    const sign = node.firstChild?.nextSibling;
    return sign ? this.#textOf(sign) : '';
  }

  #dictionary(node: SyntaxNode, list: readonly SyntaxNode[]): Expression {
    const inside = list.filter(({ name }) => name !== '{' && name !== '}');
    const entries = split(inside, ',').flatMap((part): [string | null, Expression][] => {
      const colon = part.findIndex(({ name }) => name === ':');
      const key = part.find(({ name }) => name === 'String');
      const values = part.slice(colon + 1).filter(isExpression);
      if (values.length === 0) return [];
      const name =
        colon === -1
          ? null
          : key === undefined || key.from > (part[colon]?.from ?? 0)
            ? '*'
            : unquoted(this.#textOf(key));
      return [[name, this.#all(node, values)]];
    });
    return { ...at(node), kind: 'object', entries };
  }

  #comprehension(node: SyntaxNode, list: readonly SyntaxNode[]): Expression {
    const first = list.findIndex(({ name }) => name === 'for');
    const parts = list.slice(0, Math.max(0, first)).filter(isExpression);
    return {
      ...at(node),
      kind: 'any',
      parts: [...this.#loops(list), ...parts.map((part) => this.expression(part))],
    };
  }
}

/** Everything but words and signs of the language: those are named as they are written. */
const isExpression = ({ name }: SyntaxNode): boolean =>
  /^(?:[A-Z]\w*(?:Expression|String)|VariableName|String|Number|Boolean|None|Ellipsis|⚠)$/.test(name);

const tupleParts = (node: SyntaxNode): SyntaxNode[] =>
  /^(?:Tuple|Array|Parenthesized)Expression$/.test(node.name) ? children(node).filter(isExpression) : [node];

const unquoted = (text: string): string =>
  text.replace(/^[a-zA-Z]{0,3}("""|'''|"|')/, '').replace(/("""|'''|"|')$/, '');
