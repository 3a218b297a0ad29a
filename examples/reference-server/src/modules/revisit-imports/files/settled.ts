import { stat } from "node:fs/promises";

/** Size and time of a file, or undefined when it is gone. */
export type Look = (path: string) => Promise<string | undefined>;

/** Looks at a file on the disk. */
const lookAtFile: Look = async (path) => {
  const found = await stat(path).catch(() => undefined);
  return found && `${found.size}/${found.mtimeMs}`;
};

/**
 * Files that nobody writes any more: size and time are the same in two looks. The others are left for the next run.
 *
 * @param wait what lies between the two looks
 */
export async function settledFiles<T extends { readonly path: string }>(
  files: readonly T[],
  { wait, look = lookAtFile }: { readonly wait: () => Promise<void>; readonly look?: Look },
): Promise<{ readonly settled: readonly T[]; readonly moving: readonly T[] }> {
  if (files.length === 0) return { settled: [], moving: [] };
  const first = await Promise.all(files.map(({ path }) => look(path)));
  await wait();
  const second = await Promise.all(files.map(({ path }) => look(path)));
  const isSettled = files.map((_, at) => first[at] !== undefined && first[at] === second[at]);
  return { settled: files.filter((_, at) => isSettled[at]), moving: files.filter((_, at) => !isSettled[at]) };
}
