import type { Headers } from "@recallkit/http";

/**
 * Whether a form was sent by a page of this site, or by a program that names no page.
 *
 * Our pages send no referrer, so browsers call the origin of their forms `null`; `Sec-Fetch-Site` then tells.
 *
 * @param publicUrl where people find the pages, if it is known
 */
export function isOwnOrigin(headers: Headers, publicUrl: string | undefined): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  const { origin } = headers;
  if (origin === undefined || origin === "null") return true;
  if (!URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  if (host === headers.host) return true;
  return publicUrl !== undefined && URL.canParse(publicUrl) && new URL(publicUrl).origin === origin;
}
