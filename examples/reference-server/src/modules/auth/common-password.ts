import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

let known: ReadonlySet<string> | undefined;

/** Read on first use: decompressing the list takes a tenth of a second, which most commands and starts never need. */
function passwords(): ReadonlySet<string> {
  if (!known) {
    const list: typeof import("@zxcvbn-ts/language-common") = require("@zxcvbn-ts/language-common");
    known = new Set(list.dictionary["passwords-common"]);
  }
  return known;
}

/** True for one of the 49 000 passwords that leaks hold most often, in any case, and with anything but letters behind it. */
export function isCommonPassword(password: string): boolean {
  const text = password.normalize("NFKC").toLowerCase();
  return passwords().has(text) || passwords().has(text.replace(/[^a-z]+$/, ""));
}
