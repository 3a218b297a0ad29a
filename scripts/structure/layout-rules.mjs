// How large a file may get, and which folder names say nothing about what is inside.
/** @typedef {import("./source-file.mjs").SourceFile} SourceFile */
/** @typedef {import("./source-file.mjs").Problem} Problem */

const MOST_LINES = 400;
const MAY_BE_LONG = /\/(migrations|generated)\/|\/(migrations|error-map)\.ts$|\.generated\.ts$/;
const LAYER_NAMES = ["utils", "util", "helpers", "services", "common", "types"];

/** @param {SourceFile} file @returns {Problem[]} */
export function layoutProblems({ path, isTest, lineCount }) {
  const folder = path
    .split("/")
    .slice(0, -1)
    .find((name) => LAYER_NAMES.includes(name));
  const isLong = lineCount > MOST_LINES && !isTest && !MAY_BE_LONG.test(path);
  return [
    ...(folder ? [{ path, line: 1, message: `folder "${folder}" names a layer; name it after what it holds` }] : []),
    ...(isLong ? [{ path, line: MOST_LINES + 1, message: `${lineCount} lines; ${MOST_LINES} is the most` }] : []),
  ];
}
