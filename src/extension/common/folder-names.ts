import * as path from 'node:path';

/** What to call the projects that `.retort` folders lie in: by their own names, with what is above where two are alike. */
export function folderNames(retortFolders: Iterable<string>): ReadonlyMap<string, string> {
  const folders = [...new Set(retortFolders)];
  const end = (folder: string, parts: number): string =>
    path.dirname(path.resolve(folder)).split(path.sep).slice(-parts).join('/');
  return new Map(
    folders.map((folder) => {
      const isAlike = (parts: number): boolean =>
        folders.some((other) => other !== folder && end(other, parts) === end(folder, parts));
      let parts = 1;
      while (isAlike(parts) && parts < folder.length) parts++;
      return [folder, end(folder, parts)];
    }),
  );
}
