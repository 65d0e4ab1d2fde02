import type { SyntaxNode } from '@lezer/common';

/**
 * What the names of one file mean in TensorFlow.js: `tf.layers` for `L` after `import { layers as L }`, however they
 * came there: imported, required, taken out of a pattern, or given a name of their own.
 */
export class TensorFlowNames {
  /** Files that get `tf` as a global, or as an argument, are read too. */
  private readonly meanings = new Map([['tf', 'tf']]);

  constructor(private readonly text: string) {}

  /** `tf.layers.conv2d`; undefined for what is not TensorFlow's. */
  meaningOf(expression: SyntaxNode): string | undefined {
    if (expression.name === 'VariableName') return this.meanings.get(this.textOf(expression));
    if (expression.name === 'CallExpression') return this.isRequired(expression) ? 'tf' : undefined;
    if (expression.name !== 'MemberExpression') return undefined;
    const object = expression.firstChild && this.meaningOf(expression.firstChild);
    if (object == null) return undefined;
    const property = expression.lastChild;
    return property?.name === 'PropertyName' ? `${object}.${this.textOf(property)}` : undefined;
  }

  /** Learns from `import … from '@tensorflow/tfjs…'`. */
  readImport(declaration: SyntaxNode): void {
    const from = declaration.getChild('String');
    if (!from || !isTensorFlow(unquoted(this.textOf(from)))) return;
    for (const name of declaration.getChildren('VariableDefinition')) this.learn(name, 'tf');
    const group = declaration.getChild('ImportGroup');
    for (let child = group?.firstChild ?? null; child; child = child.nextSibling) {
      if (child.name !== 'VariableDefinition' && child.name !== 'VariableName') continue;
      const alias = child.nextSibling?.name === 'as' ? child.nextSibling.nextSibling : null;
      this.learn(alias ?? child, `tf.${this.textOf(child)}`);
      if (alias) child = alias;
    }
  }

  /** Learns from `const L = tf.layers` and `const { layers: L } = tf`. */
  readDeclaration(target: SyntaxNode, value: SyntaxNode): void {
    const meaning = this.meaningOf(value);
    if (meaning === undefined) return;
    if (target.name === 'VariableDefinition') this.learn(target, meaning);
    if (target.name !== 'ObjectPattern') return;
    for (const property of target.getChildren('PatternProperty')) {
      const name = property.getChild('VariableDefinition');
      if (name) this.learn(name, `${meaning}.${this.textOf(property.getChild('PropertyName') ?? name)}`);
    }
  }

  private learn(name: SyntaxNode, meaning: string): void {
    this.meanings.set(this.textOf(name), meaning);
  }

  private isRequired(call: SyntaxNode): boolean {
    const callee = call.firstChild;
    if (callee?.name !== 'VariableName' || this.textOf(callee) !== 'require') return false;
    const name = call.getChild('ArgList')?.getChild('String');
    return name != null && isTensorFlow(unquoted(this.textOf(name)));
  }

  private textOf(node: SyntaxNode): string {
    return this.text.slice(node.from, node.to);
  }
}

function isTensorFlow(specifier: string): boolean {
  return specifier.startsWith('@tensorflow/tfjs');
}

function unquoted(text: string): string {
  return text.slice(1, -1);
}
