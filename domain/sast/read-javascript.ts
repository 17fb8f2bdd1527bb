import { type ParserPlugin, parse } from '@babel/parser';
import { Depth, type Expression, type Program, type Span, type Statement } from './program.ts';

/** Reads JavaScript or TypeScript. Throws a `SyntaxError` on what no engine would run either. */
export function readJavaScript(path: string, text: string): Program {
  const file = parse(text, {
    sourceType: 'unambiguous',
    errorRecovery: true,
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    allowSuperOutsideMethod: true,
    allowUndeclaredExports: true,
    attachComment: false,
    plugins: pluginsFor(path),
  }) as unknown as { program: Node };
  return new Reader().statements(file.program.body);
}

function pluginsFor(path: string): ParserPlugin[] {
  const decorators: ParserPlugin[] = ['decorators', 'decoratorAutoAccessors'];
  if (/\.[cm]?ts$/.test(path)) return ['typescript', ...decorators];
  if (/\.tsx$/.test(path)) return ['typescript', 'jsx', ...decorators];
  return ['jsx', 'flow', ...decorators];
}

/** The parser's own types tell every node of the language apart; what is read of them here is checked where it is read. */
type Node = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
};

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
const nodes = (value: unknown): Node[] =>
  Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [];
const at = ({ start, end }: Span): Span => ({ start, end });

class Reader {
  readonly #depth = new Depth();
  #hidden = 0;

  statements(value: unknown): Statement[] {
    return nodes(value).flatMap((node) => this.#depth.enter(() => this.#statement(node)));
  }

  #statement(node: Node): Statement[] {
    switch (node.type) {
      case 'ImportDeclaration':
        return this.#imports(node);
      case 'VariableDeclaration':
        return nodes(node.declarations).flatMap(({ id, init }) =>
          isNode(id) && isNode(init) ? this.#bind(id, this.expression(init)) : [],
        );
      case 'ExpressionStatement':
        return this.#evaluate(node.expression);
      case 'ReturnStatement':
      case 'ThrowStatement':
        return this.#evaluate(node.argument);
      case 'FunctionDeclaration':
        return [{ ...at(node), kind: 'function', ...this.#functionOf(node) }];
      case 'ClassDeclaration':
        return this.#evaluate(node);
      case 'ExportNamedDeclaration':
      case 'ExportDefaultDeclaration':
        return this.#declaration(node.declaration);
      case 'BlockStatement':
      case 'StaticBlock':
        return this.statements(node.body);
      case 'IfStatement':
        return [
          ...this.#evaluate(node.test),
          this.#branch(node, node.consequent),
          this.#branch(node, node.alternate),
        ];
      case 'ForOfStatement':
      case 'ForInStatement':
        return [...this.#loopVariable(node), this.#branch(node, node.body)];
      case 'ForStatement':
        return [
          ...this.#statementOrValue(node.init),
          ...this.#evaluate(node.test),
          this.#branch(node, node.body),
          ...this.#evaluate(node.update),
        ];
      case 'WhileStatement':
      case 'DoWhileStatement':
        return [...this.#evaluate(node.test), this.#branch(node, node.body)];
      case 'TryStatement':
        return [
          this.#branch(node, node.block),
          ...nodes(node.handler).map((handler) => this.#branch(handler, handler.body)),
          ...this.statements(node.finalizer),
        ];
      case 'SwitchStatement':
        return [
          ...this.#evaluate(node.discriminant),
          ...nodes(node.cases).map((one) => this.#branch(one, one.consequent)),
        ];
      case 'LabeledStatement':
        return this.statements(node.body);
      default:
        return [];
    }
  }

  #declaration(value: unknown): Statement[] {
    if (!isNode(value)) return [];
    return /Declaration$/.test(value.type) ? this.statements(value) : this.#evaluate(value);
  }

  #statementOrValue(value: unknown): Statement[] {
    if (!isNode(value)) return [];
    return value.type === 'VariableDeclaration' ? this.statements(value) : this.#evaluate(value);
  }

  #evaluate(value: unknown): Statement[] {
    return isNode(value) ? [{ ...at(value), kind: 'evaluate', value: this.expression(value) }] : [];
  }

  #branch(node: Node, body: unknown): Statement {
    return { ...at(node), kind: 'branch', body: this.statements(body) };
  }

  #loopVariable({ left, right }: Node): Statement[] {
    if (!isNode(left) || !isNode(right)) return [];
    const [declared] = left.type === 'VariableDeclaration' ? nodes(left.declarations) : [];
    const target = declared === undefined ? left : declared.id;
    return isNode(target) ? this.#bind(target, this.expression(right)) : [];
  }

  #imports({ source, specifiers, importKind }: Node): Statement[] {
    if (importKind === 'type') return [];
    const module = isNode(source) ? String(source.value).replace(/^node:/, '') : '';
    return nodes(specifiers).flatMap((specifier): Statement[] => {
      const { local, imported } = specifier;
      if (!isNode(local)) return [];
      const name = isNode(imported) ? String(imported.name ?? imported.value) : 'default';
      const path = specifier.type === 'ImportSpecifier' && name !== 'default' ? `${module}.${name}` : module;
      return [{ ...at(specifier), kind: 'import', name: String(local.name), path }];
    });
  }

  /** A pattern takes parts out of a value: each is an assignment by itself. */
  #bind(target: Node, value: Expression): Statement[] {
    if (!/Pattern$/.test(target.type) || value.kind === 'name' || value.kind === 'member')
      return this.#bindTo(target, value);
    // evaluated once, however many parts are taken
    this.#hidden += 1;
    const held: Expression = { ...at(value), kind: 'name', name: `%${this.#hidden}` };
    const holding: Statement = { ...at(value), kind: 'assign', target: held, value, isUpdate: false };
    return [holding, ...this.#bindTo(target, held)];
  }

  #bindTo(target: Node, value: Expression): Statement[] {
    return this.#depth.enter(() => {
      switch (target.type) {
        case 'ObjectPattern':
          return nodes(target.properties).flatMap((property) => {
            if (property.type === 'RestElement')
              return isNode(property.argument) ? this.#bindTo(property.argument, value) : [];
            if (!isNode(property.value)) return [];
            const name = this.#keyOf(property);
            return this.#bindTo(property.value, {
              ...at(property),
              kind: 'member',
              object: value,
              property: name,
              key: null,
            });
          });
        case 'ArrayPattern':
          return nodes(target.elements).flatMap((element) =>
            this.#bindTo(element, { ...at(element), kind: 'any', parts: [value] }),
          );
        case 'AssignmentPattern': {
          if (!isNode(target.left) || !isNode(target.right)) return [];
          const parts = [value, this.expression(target.right)];
          return this.#bindTo(target.left, { ...at(target), kind: 'any', parts });
        }
        case 'RestElement':
          return isNode(target.argument) ? this.#bindTo(target.argument, value) : [];
        default: {
          const span = { start: target.start, end: Math.max(target.end, value.end) };
          return [{ ...span, kind: 'assign', target: this.expression(target), value, isUpdate: false }];
        }
      }
    });
  }

  #keyOf({ key, computed }: Node): string | null {
    if (!isNode(key)) return null;
    if (key.type === 'StringLiteral' || key.type === 'NumericLiteral') return String(key.value);
    return computed !== true && (key.type === 'Identifier' || key.type === 'JSXIdentifier')
      ? String(key.name)
      : null;
  }

  #functionOf(node: Node): { params: string[]; body: Statement[] } {
    const given = nodes(node.params).map((param) => (isNode(param.parameter) ? param.parameter : param));
    const [first, second] = given;
    const isHandler =
      first?.type === 'ObjectPattern' && /^(?:res|response|reply)$/.test(String(second?.name));
    const request: Expression = { ...at(node), kind: 'name', name: 'req' };
    const taken = isHandler ? this.#bind(first, request) : [];
    const isBlock = isNode(node.body) && node.body.type === 'BlockStatement';
    const body = isBlock ? this.statements(node.body) : this.#evaluate(node.body);
    const params = given.flatMap(({ type, name, left }) => {
      if (type === 'Identifier') return [String(name)];
      return isNode(left) && left.type === 'Identifier' ? [String(left.name)] : [];
    });
    return { params, body: [...taken, ...body] };
  }

  expression(node: Node): Expression {
    return this.#depth.enter(() => this.#expression(node));
  }

  #parts(...values: readonly unknown[]): Expression[] {
    return values.flatMap((value) => nodes(value).map((node) => this.expression(node)));
  }

  #expression(node: Node): Expression {
    switch (node.type) {
      case 'Identifier':
      case 'JSXIdentifier':
        return { ...at(node), kind: 'name', name: String(node.name) };
      case 'ThisExpression':
        return { ...at(node), kind: 'name', name: 'this' };
      case 'StringLiteral':
      case 'NumericLiteral':
      case 'BooleanLiteral':
        return { ...at(node), kind: 'constant', value: node.value as string | number | boolean };
      case 'NullLiteral':
        return { ...at(node), kind: 'constant', value: null };
      case 'RegExpLiteral':
        return { ...at(node), kind: 'constant', value: String(node.pattern) };
      case 'MemberExpression':
      case 'OptionalMemberExpression':
      case 'JSXMemberExpression':
        return this.#member(node);
      case 'CallExpression':
      case 'OptionalCallExpression':
      case 'NewExpression':
        return this.#call(node);
      case 'ImportExpression':
        return { ...at(node), kind: 'other', parts: this.#parts(node.source) };
      case 'TaggedTemplateExpression':
        return this.#tagged(node);
      case 'TemplateLiteral':
        return this.#template(node);
      case 'BinaryExpression':
        return this.#binary(node);
      case 'LogicalExpression':
        return { ...at(node), kind: 'any', parts: this.#parts(node.left, node.right) };
      case 'ConditionalExpression': {
        const [test, ...results] = this.#parts(node.test, node.consequent, node.alternate);
        const asked: Expression = { ...at(node), kind: 'other', parts: test === undefined ? [] : [test] };
        return { ...at(node), kind: 'any', parts: [asked, ...results] };
      }
      case 'SequenceExpression':
      case 'ArrayExpression':
      case 'AwaitExpression':
      case 'YieldExpression':
      case 'SpreadElement':
      case 'JSXSpreadAttribute':
      case 'JSXExpressionContainer':
        return this.#passing(node);
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
      case 'TypeCastExpression':
      case 'ParenthesizedExpression':
      case 'TSInstantiationExpression':
        return isNode(node.expression)
          ? this.expression(node.expression)
          : { ...at(node), kind: 'other', parts: [] };
      case 'AssignmentExpression':
        return this.#assignment(node);
      case 'ObjectExpression':
        return this.#object(node);
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return { ...at(node), kind: 'function', ...this.#functionOf(node) };
      case 'ClassExpression':
      case 'ClassDeclaration':
        return this.#class(node);
      case 'JSXElement':
        return this.#element(node);
      case 'JSXFragment':
        return { ...at(node), kind: 'other', parts: this.#parts(node.children) };
      case 'UnaryExpression':
      case 'UpdateExpression':
        return { ...at(node), kind: 'other', parts: this.#parts(node.argument) };
      default:
        return { ...at(node), kind: 'other', parts: [] };
    }
  }

  /** `await x` and `x as T` are x; a list is all of its elements. */
  #passing(node: Node): Expression {
    const parts = this.#parts(node.expressions, node.elements, node.argument, node.expression);
    const [only] = parts;
    if (only !== undefined && /^(?:Await|JSXExpressionContainer)/.test(node.type)) return only;
    return { ...at(node), kind: 'any', parts };
  }

  #member(node: Node): Expression {
    const object = isNode(node.object)
      ? this.expression(node.object)
      : ({ ...at(node), kind: 'other', parts: [] } as const);
    const { property, computed } = node;
    if (!isNode(property)) return { ...at(node), kind: 'member', object, property: null, key: null };
    const isName = computed !== true && (property.type === 'Identifier' || property.type === 'JSXIdentifier');
    if (isName) return { ...at(node), kind: 'member', object, property: String(property.name), key: null };
    const literal = property.type === 'StringLiteral' ? String(property.value) : null;
    return {
      ...at(node),
      kind: 'member',
      object,
      property: literal,
      key: literal === null ? this.expression(property) : null,
    };
  }

  #call(node: Node): Expression {
    const callee: Expression =
      isNode(node.callee) && node.callee.type !== 'Import'
        ? this.expression(node.callee)
        : { ...at(node), kind: 'name', name: 'require' };
    const isNew = node.type === 'NewExpression';
    return { ...at(node), kind: 'call', callee, args: this.#parts(node.arguments), named: [], isNew };
  }

  /** A tag sees the parts one by one, and can quote them. */
  #tagged(node: Node): Expression {
    const callee = isNode(node.tag)
      ? this.expression(node.tag)
      : ({ ...at(node), kind: 'other', parts: [] } as const);
    const quasi = isNode(node.quasi) ? node.quasi : node;
    return { ...at(node), kind: 'other', parts: [callee, ...this.#parts(quasi.expressions)] };
  }

  #template(node: Node): Expression {
    const texts = nodes(node.quasis).map((quasi): Expression => {
      const value = quasi.value as { cooked?: string | null; raw?: string } | undefined;
      return { ...at(quasi), kind: 'constant', value: value?.cooked ?? value?.raw ?? '' };
    });
    const parts = [...texts, ...this.#parts(node.expressions)].sort(
      (a, b) => a.start - b.start || a.end - b.end,
    );
    return { ...at(node), kind: 'text', parts };
  }

  /** A chain of additions leans to the left, and one written by a machine has thousands of links. */
  #binary(node: Node): Expression {
    const operands: Node[] = [];
    let left: unknown = node;
    while (isNode(left) && left.type === 'BinaryExpression' && left.operator === node.operator) {
      if (isNode(left.right)) operands.push(left.right);
      left = left.left;
    }
    if (isNode(left)) operands.push(left);
    const parts = operands.reverse().map((operand) => this.expression(operand));
    return { ...at(node), kind: node.operator === '+' ? 'text' : 'other', parts };
  }

  #assignment(node: Node): Expression {
    const { left, right, operator } = node;
    if (!isNode(left) || !isNode(right)) return { ...at(node), kind: 'other', parts: [] };
    const value = this.expression(right);
    if (left.type === 'ObjectPattern' || left.type === 'ArrayPattern') {
      const taken = this.#bind(left, value).map(
        (statement): Expression => ({ ...at(node), kind: 'assignment', statement }),
      );
      return { ...at(node), kind: 'any', parts: taken };
    }
    const isUpdate = operator !== '=';
    const statement: Statement = {
      ...at(node),
      kind: 'assign',
      target: this.expression(left),
      value,
      isUpdate,
    };
    return { ...at(node), kind: 'assignment', statement };
  }

  #object(node: Node): Expression {
    const entries = nodes(node.properties).flatMap((property): [string | null, Expression][] => {
      if (property.type === 'ObjectMethod') {
        return [
          [this.#keyOf(property), { ...at(property), kind: 'function', ...this.#functionOf(property) }],
        ];
      }
      const value = property.type === 'SpreadElement' ? property.argument : property.value;
      return isNode(value)
        ? [
            [
              property.type === 'SpreadElement' ? null : (this.#keyOf(property) ?? '*'),
              this.expression(value),
            ],
          ]
        : [];
    });
    return { ...at(node), kind: 'object', entries };
  }

  #class(node: Node): Expression {
    const members = isNode(node.body) ? nodes(node.body.body) : [];
    const body = members.flatMap((member): Statement[] => {
      if (/Method$/.test(member.type))
        return [{ ...at(member), kind: 'function', ...this.#functionOf(member) }];
      if (/Property$/.test(member.type)) return this.#evaluate(member.value);
      return this.statements(member);
    });
    return { ...at(node), kind: 'function', params: [], body };
  }

  /** The attributes of an element are entries of an object. */
  #element(node: Node): Expression {
    const opening = isNode(node.openingElement) ? node.openingElement : node;
    const entries = nodes(opening.attributes).flatMap((attribute): [string | null, Expression][] => {
      if (!isNode(attribute.value)) return [];
      const name = isNode(attribute.name) ? String(attribute.name.name) : null;
      return [[name, this.expression(attribute.value)]];
    });
    const attributes: Expression = { ...at(opening), kind: 'object', entries };
    return { ...at(node), kind: 'other', parts: [attributes, ...this.#parts(node.children)] };
  }
}
