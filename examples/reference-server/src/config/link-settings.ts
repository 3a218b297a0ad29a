import type { LinkOptions } from "@recallkit/core/ports";
import type { EnvironmentValues } from "./variables.js";

/** While somebody tries it, pages are where the server is. */
export function linksOf(known: EnvironmentValues, isProduction: boolean): LinkOptions | undefined {
  const here = isProduction ? undefined : `http://127.0.0.1:${known.PORT ?? 8000}`;
  const publicUrl = known.PUBLIC_URL ?? here;
  if (publicUrl === undefined) return undefined;
  return {
    publicUrl,
    ...(known.SHORT_URL !== undefined && { shortUrl: known.SHORT_URL }),
    ...(known.LINK_EXPIRE_DAYS !== undefined && { expireAfterDays: known.LINK_EXPIRE_DAYS }),
  };
}
