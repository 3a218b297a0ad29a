import { ConfigError } from "@recallkit/core";

/**
 * A base path in one form: `""` for the root, else `/a/b`, without a slash at the end.
 *
 * @throws {ConfigError} `config.invalid` names the option
 */
export function basePathOf(given: string, option: string): string {
  const bare = `/${given}`.replace(/\/+/g, "/").replace(/\/$/, "");
  if (/^(\/[\w.~!$&'()*+,;=:@-]+)*$/.test(bare) && !/\/\.{1,2}(\/|$)/.test(bare)) return bare;
  throw new ConfigError("config.invalid", option, `${option} must be a path such as /recall or /a/b`);
}

/** What of a path lies below the base, from a `/` on; undefined when it lies elsewhere. */
export function pathBelow(base: string, path: string): string | undefined {
  if (base === "") return path;
  if (!path.startsWith(base)) return undefined;
  const rest = path.slice(base.length);
  return rest === "" ? "/" : rest.startsWith("/") ? rest : undefined;
}
