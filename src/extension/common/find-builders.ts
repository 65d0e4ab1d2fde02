import { Syntax } from '../lenses/syntax';

/** The exported functions of a source file that build a model, by name; see the lenses' parser. */
export async function findBuilders(text: string, languageId = 'typescript'): Promise<string[]> {
  const { source } = await new Syntax(languageId).read(text);
  return source.builders.map(({ name }) => name);
}
