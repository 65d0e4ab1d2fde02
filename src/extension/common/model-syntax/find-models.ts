import type { SyntaxNode } from '@lezer/common';
import type { Builder, LayerCall, ModelSource } from './model-source';
import type { Exported, Outline, Scope } from './outline';

const MODEL_FACTORIES = new Set(['tf.model', 'tf.sequential']);
const MODEL_CLASS = /^(?:tf\.)?(?:Model|LayersModel|Sequential)$/;
/** Layers that are called for something else than to make a layer. */
const LAYER = /^tf\.layers\.(\w+)$/;

/** Which of a function's arguments becomes the name of a layer it makes: `f(x, name)`, `f({ name })`. */
interface NameArgument {
  readonly index: number;
  readonly property?: string;
}

/** Finds the exported functions that return a model, and the calls that make layers. */
export function findModels(outline: Outline): ModelSource {
  return new ModelFinder(outline).find();
}

class ModelFinder {
  private readonly modelReturns = new Map<Scope, boolean>();
  private readonly nameArguments = new Map<Scope, NameArgument | undefined>();

  constructor(private readonly outline: Outline) {}

  find(): ModelSource {
    const builders = new Map<Scope, Builder>();
    for (const [name, exported] of this.outline.exports) {
      const scope = this.scopeOf(exported);
      if (!scope || !this.returnsModel(scope)) continue;
      const known = builders.get(scope);
      if (known && known.name !== 'default') continue;
      builders.set(scope, { name, ...this.spans(exported, scope) });
    }
    const reachedBy = new Map<Scope, string[]>();
    for (const [start, { name }] of builders) {
      for (const scope of this.reachableFrom(start)) {
        const names = reachedBy.get(scope);
        if (names) names.push(name);
        else reachedBy.set(scope, [name]);
      }
    }
    const layers = [...this.outline.scopes.values()].flatMap((scope) => {
      const by = reachedBy.get(scope) ?? [];
      return scope.calls.flatMap((call) => this.layerOf(call, scope, by) ?? []);
    });
    return { builders: [...builders.values()].sort(byPlace), layers: layers.sort(byPlace) };
  }

  private scopeOf(exported: Exported): Scope | undefined {
    if ('node' in exported) return this.outline.scopes.get(exported.node.from);
    return this.functionNamed(exported.local, this.outline.file);
  }

  /** The function that a name stands for, seen from a scope. */
  private functionNamed(name: string, from: Scope): Scope | undefined {
    for (let scope: Scope | undefined = from; scope; scope = scope.parent) {
      const found = scope.functions.get(name);
      if (found) return found;
      const value = scope.values.get(name)?.at(-1);
      if (value) return this.outline.scopes.get(unwrapped(value).from);
    }
    return undefined;
  }

  private spans(exported: Exported, { node }: Scope): Omit<Builder, 'name'> {
    const statement = statementOf(node);
    const name = 'node' in exported ? exported.name : statement.cursor().node;
    const own = node.getChild('VariableDefinition') ?? node.prevSibling?.prevSibling;
    const place = own?.name === 'VariableDefinition' ? own : name;
    return { from: statement.from, to: statement.to, nameSpan: { from: place.from, to: place.to } };
  }

  private returnsModel(scope: Scope): boolean {
    const known = this.modelReturns.get(scope);
    if (known !== undefined) return known;
    this.modelReturns.set(scope, false);
    const type = scope.node.getChild('TypeAnnotation');
    const returns =
      (type !== null && /\b(?:LayersModel|Sequential)\b/.test(this.textOf(type))) ||
      scope.returned.some((value) => this.isModel(value, scope));
    this.modelReturns.set(scope, returns);
    return returns;
  }

  private isModel(written: SyntaxNode, scope: Scope): boolean {
    const value = unwrapped(written);
    const first = value.firstChild;
    switch (value.name) {
      case 'CallExpression': {
        if (!first) return false;
        if (MODEL_FACTORIES.has(this.outline.names.meaningOf(first) ?? '')) return true;
        const called = first.name === 'VariableName' && this.functionNamed(this.textOf(first), scope);
        return called ? this.returnsModel(called) : false;
      }
      case 'NewExpression': {
        const callee = first?.nextSibling;
        const text = callee ? this.textOf(callee) : '';
        return MODEL_CLASS.test((callee && this.outline.names.meaningOf(callee)) ?? text);
      }
      case 'ConditionalExpression':
        return [first?.nextSibling?.nextSibling, value.lastChild].some(
          (branch) => branch != null && this.isModel(branch, scope),
        );
      case 'VariableName':
        return this.isModelName(this.textOf(value), scope);
      default:
        return false;
    }
  }

  private isModelName(name: string, from: Scope): boolean {
    for (let scope: Scope | undefined = from; scope; scope = scope.parent) {
      const values = scope.values.get(name);
      // `x = f(x)` must not ask itself.
      if (values) return values.some((value) => value.name !== 'VariableName' && this.isModel(value, scope));
    }
    return false;
  }

  /** The function and those that it calls or that are written in it. */
  private reachableFrom(start: Scope): Set<Scope> {
    const reached = new Set([start]);
    for (const scope of reached) {
      for (const inner of scope.inner) reached.add(inner);
      for (const call of scope.calls) {
        const called = this.calledBy(call, scope);
        if (called) reached.add(called);
      }
    }
    return reached;
  }

  private calledBy(call: SyntaxNode, scope: Scope): Scope | undefined {
    const callee = call.firstChild;
    return callee?.name === 'VariableName' ? this.functionNamed(this.textOf(callee), scope) : undefined;
  }

  private layerOf(call: SyntaxNode, scope: Scope, builders: readonly string[]): LayerCall | undefined {
    const callee = call.firstChild;
    if (!callee) return undefined;
    const span = { from: call.from, to: call.to, builders };
    const [, factory] = LAYER.exec(this.outline.names.meaningOf(callee) ?? '') ?? [];
    if (factory !== undefined) {
      const name = this.constant(this.property(argument(call, 0), 'name'));
      return { factory, ...(name !== undefined && { name }), ...span };
    }
    const called = this.calledBy(call, scope);
    const named = called && this.nameArgumentOf(called);
    const name = named && this.constant(this.given(call, named));
    return name === undefined ? undefined : { factory: this.textOf(callee), name, ...span };
  }

  /** Which argument of a function becomes the name of a layer that it makes, straight or through another function. */
  private nameArgumentOf(scope: Scope): NameArgument | undefined {
    if (this.nameArguments.has(scope)) return this.nameArguments.get(scope);
    this.nameArguments.set(scope, undefined);
    for (const call of scope.calls) {
      const isLayer = call.firstChild && LAYER.test(this.outline.names.meaningOf(call.firstChild) ?? '');
      const called = this.calledBy(call, scope);
      const inner = called && this.nameArgumentOf(called);
      const given = isLayer ? this.property(argument(call, 0), 'name') : inner && this.given(call, inner);
      const found = given && this.parameterNamed(this.textOf(given), scope);
      if (!found) continue;
      this.nameArguments.set(scope, found);
      return found;
    }
    return undefined;
  }

  private given(call: SyntaxNode, { index, property }: NameArgument): SyntaxNode | undefined {
    const value = argument(call, index);
    return property === undefined ? value : this.property(value, property);
  }

  /** The value of a property of an object; the property itself for the short form `{ name }`. */
  private property(object: SyntaxNode | undefined, name: string): SyntaxNode | undefined {
    if (object?.name !== 'ObjectExpression') return undefined;
    const found = object.getChildren('Property').findLast((property) => {
      const key = property.firstChild;
      return key !== null && this.textOf(key).replace(/^['"]|['"]$/g, '') === name;
    });
    return found?.getChild(':')?.nextSibling ?? found?.firstChild ?? undefined;
  }

  private parameterNamed(name: string, { node }: Scope): NameArgument | undefined {
    let index = 0;
    const list = node.getChild('ParamList');
    for (let child = list?.firstChild ?? null; child; child = child.nextSibling) {
      if (child.name === ',') index += 1;
      if (child.name === 'VariableDefinition' && this.textOf(child) === name) return { index };
      if (child.name !== 'ObjectPattern') continue;
      for (const property of child.getChildren('PatternProperty')) {
        const local = property.getChild('VariableDefinition');
        if (!local || this.textOf(local) !== name) continue;
        return { index, property: this.textOf(property.getChild('PropertyName') ?? local) };
      }
    }
    return undefined;
  }

  private constant(value: SyntaxNode | undefined): string | undefined {
    const isConstant =
      value?.name === 'String' || (value?.name === 'TemplateString' && !value.getChild('Interpolation'));
    if (!isConstant) return undefined;
    const inner = this.textOf(value).slice(1, -1);
    return inner.includes('\\') ? undefined : inner;
  }

  private textOf(node: SyntaxNode): string {
    return this.outline.text.slice(node.from, node.to);
  }
}

/** The expression within brackets, `as`, `satisfies`, `!` and `await`. */
function unwrapped(value: SyntaxNode): SyntaxNode {
  switch (value.name) {
    case 'ParenthesizedExpression':
    case 'AwaitExpression': {
      const inner = value.firstChild?.nextSibling;
      return inner ? unwrapped(inner) : value;
    }
    case 'BinaryExpression': {
      const operator = value.firstChild?.nextSibling?.name;
      return operator === 'as' || operator === 'satisfies' ? unwrapped(value.firstChild!) : value;
    }
    case 'PostfixExpression':
      return value.firstChild ? unwrapped(value.firstChild) : value;
    default:
      return value;
  }
}

function argument(call: SyntaxNode, index: number): SyntaxNode | undefined {
  let commas = 0;
  const list = call.lastChild?.name === 'ArgList' ? call.lastChild : null;
  for (let child = list?.firstChild?.nextSibling ?? null; child; child = child.nextSibling) {
    if (child.name === ',') commas += 1;
    else if (commas === index && child.name !== ')' && !child.name.endsWith('Comment')) return child;
  }
  return undefined;
}

/** The statement that stands in the file itself. */
function statementOf(node: SyntaxNode): SyntaxNode {
  let statement = node;
  while (statement.parent?.parent) statement = statement.parent;
  return statement;
}

function byPlace(a: { readonly from: number }, b: { readonly from: number }): number {
  return a.from - b.from;
}
