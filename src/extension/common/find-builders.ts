import { Syntax } from './model-syntax/syntax';

/** The exported functions of a source file that build a model, by name. */
export async function findBuilders(text: string, languageId = 'typescript'): Promise<string[]> {
  const { source } = await new Syntax(languageId).read(text);
  return source.builders.map(({ name }) => name);
}
