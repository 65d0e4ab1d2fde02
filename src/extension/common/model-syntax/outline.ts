import type { SyntaxNode, SyntaxNodeRef, Tree } from '@lezer/common';
import { TensorFlowNames } from './tensorflow-names';

/** A function of a source file, or the file itself, with what tells whether it returns a model. */
export interface Scope {
  readonly node: SyntaxNode;
  readonly parent: Scope | undefined;
  /** The functions that are written in it. */
  readonly inner: Scope[];
  /** What its names were given, in order. */
  readonly values: Map<string, SyntaxNode[]>;
  readonly functions: Map<string, Scope>;
  readonly returned: SyntaxNode[];
  /** Not those of functions within it. */
  readonly calls: SyntaxNode[];
}

/** What a file exports, by name: a function that stands there, or the name of something in the file. */
export type Exported = { readonly node: SyntaxNode; readonly name: SyntaxNode } | { readonly local: string };

export interface Outline {
  readonly text: string;
  readonly names: TensorFlowNames;
  readonly file: Scope;
  readonly scopes: ReadonlyMap<number, Scope>;
  readonly exports: ReadonlyMap<string, Exported>;
  /** Whether the parser had to guess, as in a file that is half typed. */
  readonly hasErrors: boolean;
}

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunction',
  'MethodDeclaration',
  'Script',
]);

/** Reads functions, names and exports out of a syntax tree, in one walk. */
export function outlineOf(tree: Tree, text: string): Outline {
  return new OutlineReader(text).read(tree);
}

class OutlineReader {
  private readonly names: TensorFlowNames;
  private readonly scopes = new Map<number, Scope>();
  private readonly exports = new Map<string, Exported>();
  private readonly open: Scope[] = [];
  private hasErrors = false;

  constructor(private readonly text: string) {
    this.names = new TensorFlowNames(text);
  }

  read(tree: Tree): Outline {
    tree.iterate({ enter: (node) => this.enter(node), leave: (node) => this.leave(node) });
    const { text, names, scopes, exports, hasErrors } = this;
    return { text, names, file: scopes.get(-1)!, scopes, exports, hasErrors };
  }

  private enter(node: SyntaxNodeRef): void {
    if (node.type.isError) this.hasErrors = true;
    if (FUNCTIONS.has(node.name)) return this.openScope(node.node);
    switch (node.name) {
      case 'ImportDeclaration':
        return this.names.readImport(node.node);
      case 'VariableDeclaration':
        return this.readDeclaration(node.node);
      case 'AssignmentExpression':
        return this.readAssignment(node.node);
      case 'ReturnStatement':
        return this.readReturn(node.node);
      case 'CallExpression':
        return void this.scope.calls.push(node.node);
      case 'ExportDeclaration':
        return this.readExport(node.node);
    }
  }

  private leave(node: SyntaxNodeRef): void {
    if (FUNCTIONS.has(node.name)) this.open.pop();
  }

  private get scope(): Scope {
    return this.open.at(-1)!;
  }

  private openScope(node: SyntaxNode): void {
    const parent = this.open.at(-1);
    const scope: Scope = {
      node,
      parent,
      inner: [],
      values: new Map(),
      functions: new Map(),
      returned: [],
      calls: [],
    };
    parent?.inner.push(scope);
    this.open.push(scope);
    this.scopes.set(parent ? node.from : -1, scope);
    const name = node.name === 'FunctionDeclaration' && node.getChild('VariableDefinition');
    if (name && node.getChild('Block')) parent?.functions.set(this.textOf(name), scope);
    if (node.name === 'ArrowFunction' && node.lastChild!.name !== 'Block') {
      scope.returned.push(node.lastChild!);
    }
  }

  private readDeclaration(declaration: SyntaxNode): void {
    let target: SyntaxNode | undefined;
    for (let child = declaration.firstChild; child; child = child.nextSibling) {
      if (child.name === 'VariableDefinition' || child.name.endsWith('Pattern')) target = child;
      const value = child.name === 'Equals' ? child.nextSibling : null;
      if (!target || !value) continue;
      this.names.readDeclaration(target, value);
      if (target.name === 'VariableDefinition') this.give(this.textOf(target), value);
    }
  }

  private readAssignment(assignment: SyntaxNode): void {
    const [target, value] = [assignment.firstChild, assignment.lastChild];
    if (!target || !value) return;
    if (target.name === 'VariableName') return this.give(this.textOf(target), value);
    const path = this.textOf(target);
    const [, exported] = /^(?:module\.)?exports\.([\p{ID_Continue}$]+)$/u.exec(path) ?? [];
    if (exported !== undefined) this.export(exported, value, target);
    if (path === 'module.exports') this.exportObject(value, target);
  }

  private readReturn(statement: SyntaxNode): void {
    const value = statement.getChild('return')?.nextSibling;
    if (value && value.name !== ';') this.scope.returned.push(value);
  }

  private readExport(declaration: SyntaxNode): void {
    const isForeign = declaration.getChild('from') !== null;
    const group = declaration.getChild('ExportGroup');
    if (isForeign) return;
    for (let child = group?.firstChild ?? null; child; child = child.nextSibling) {
      if (child.name !== 'VariableName') continue;
      const alias = child.nextSibling?.name === 'as' ? child.nextSibling.nextSibling : null;
      this.exports.set(this.textOf(alias ?? child), { local: this.textOf(child) });
      if (alias) child = alias;
    }
    const first = declaration.getChild('default') ?? declaration.getChild('Equals');
    if (first?.nextSibling) return this.export('default', first.nextSibling, first);
    for (const kind of ['FunctionDeclaration', 'VariableDeclaration']) {
      for (const name of declaration.getChild(kind)?.getChildren('VariableDefinition') ?? []) {
        this.exports.set(this.textOf(name), { local: this.textOf(name) });
      }
    }
  }

  private exportObject(value: SyntaxNode, target: SyntaxNode): void {
    if (value.name !== 'ObjectExpression') return this.export('default', value, target);
    for (const property of value.getChildren('Property')) {
      const name = property.getChild('PropertyDefinition');
      const given = property.getChild(':')?.nextSibling;
      if (name && given) this.export(this.textOf(name), given, name);
      else if (name && !property.getChild('ParamList'))
        this.exports.set(this.textOf(name), { local: this.textOf(name) });
    }
  }

  private export(name: string, value: SyntaxNode, place: SyntaxNode): void {
    if (value.name === 'VariableName') this.exports.set(name, { local: this.textOf(value) });
    else if (FUNCTIONS.has(value.name)) this.exports.set(name, { node: value, name: place });
  }

  private give(name: string, value: SyntaxNode): void {
    const { values } = this.scope;
    values.set(name, [...(values.get(name) ?? []), value]);
  }

  private textOf(node: SyntaxNode): string {
    return this.text.slice(node.from, node.to);
  }
}
