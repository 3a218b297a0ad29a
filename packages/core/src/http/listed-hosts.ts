import { isIP } from "node:net";
import { ChannelError, type ErrorCode } from "../errors.js";
import { isPublicAddress } from "./public-address.js";

/** Hosts in the form in which URLs have them. */
export function hostForms(hosts: readonly string[]): ReadonlySet<string> {
  return new Set(
    hosts.map((host) => (URL.canParse(`https://${host}`) ? new URL(`https://${host}`).host : host.toLowerCase())),
  );
}

/**
 * The URL that may be fetched: https, without credentials, of a listed host, and no private address.
 *
 * @param what names it in errors, for example `an image`
 * @throws {ChannelError} `image.host-not-listed`, class REQUEST
 */
export function listedUrl(ref: string, hosts: ReadonlySet<string>, what: string, otherForm = ""): string {
  const url = URL.canParse(ref) ? new URL(ref) : undefined;
  if (url?.protocol !== "https:" || url.username !== "" || url.password !== "") {
    throw refusedFetch("image.host-not-listed", `${what} must be an https URL without credentials${otherForm}`);
  }
  const address = url.hostname.replace(/^\[|\]$/g, "");
  // Addresses are never looked up, so this is the one place that sees them.
  if (!hosts.has(url.host) || (isIP(address) !== 0 && !isPublicAddress(address))) {
    throw refusedFetch("image.host-not-listed", `nothing is fetched from ${url.host}`);
  }
  url.hash = "";
  return url.href;
}

/** What will never be fetched. */
export function refusedFetch(code: ErrorCode, message: string, cause?: unknown): ChannelError {
  return new ChannelError(code, message, { channel: "images", effect: "REQUEST", cause });
}

/** What may be fetched later. */
export function unavailableFetch(message: string, cause?: unknown): ChannelError {
  return new ChannelError("image.unavailable", message, {
    channel: "images",
    effect: "NOT_SENT",
    retryable: true,
    cause,
  });
}
