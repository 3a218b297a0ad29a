import { createHash } from "node:crypto";
import { type Clock, systemClock } from "../clock.js";
import { ChannelError, TransportError } from "../errors.js";
import type { HttpResponse, HttpTransport } from "../ports/http-transport.js";
import { hostForms, listedUrl, refusedFetch, unavailableFetch } from "./listed-hosts.js";
import { publicLookup } from "./public-address.js";
import { undiciTransport } from "./undici-transport.js";

const FETCH_TIMEOUT_MS = 60_000;
const MAX_FILE_BYTES = 20 * 1024 * 1024;

/** Options of {@link fileSource}. */
export interface FileSourceOptions {
  /** Hosts that files are fetched from, exactly (`cdn.example.com`). @default none */
  readonly hosts?: readonly string[] | undefined;
  /** How files are fetched. @default a transport that connects to public addresses only */
  readonly transport?: HttpTransport | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
}

/** Files of any type, with the hash of their bytes, fetched over https from listed hosts. */
export interface FileSource {
  /** @throws {ChannelError} `REQUEST` when this address can never be fetched, `NOT_SENT` when it may work later */
  load(url: string, signal: AbortSignal): Promise<{ readonly sha256: string; readonly bytes: Uint8Array }>;
  /** Why `load` would refuse an address, as far as that can be told without fetching. */
  check(url: string): ChannelError | undefined;
}

/**
 * Videos and files of messages, as `imageSource` for images: same hosts, same addresses, same error codes; at most 20 MB
 * and 60 s, no redirects. Nothing is kept.
 */
export function fileSource(options: FileSourceOptions): FileSource {
  const { clock = systemClock } = options;
  const transport = options.transport ?? undiciTransport({ clock, lookup: publicLookup() });
  const hosts = hostForms(options.hosts ?? []);
  return {
    async load(ref, signal) {
      const url = listedUrl(ref, hosts, "a file");
      const { host } = new URL(url);
      const { status, body } = await fetchFile(transport, url, host, signal);
      if (status >= 500 || status === 408 || status === 429) {
        throw unavailableFetch(`${host} answered ${status} for a file`);
      }
      if (status !== 200) throw refusedFetch("image.not-found", `${host} answered ${status} for a file`);
      return { sha256: createHash("sha256").update(body).digest("hex"), bytes: body };
    },
    check(ref) {
      try {
        listedUrl(ref, hosts, "a file");
        return undefined;
      } catch (error) {
        if (ChannelError.is(error)) return error;
        throw error;
      }
    },
  };
}

async function fetchFile(
  transport: HttpTransport,
  url: string,
  host: string,
  signal: AbortSignal,
): Promise<HttpResponse> {
  try {
    return await transport.request({
      method: "GET",
      url,
      headers: { accept: "*/*" },
      timeoutMs: FETCH_TIMEOUT_MS,
      maxBytes: MAX_FILE_BYTES,
      signal,
    });
  } catch (error) {
    if (TransportError.is(error) && error.code === "transport.too-large") {
      throw refusedFetch("image.too-large", `the file at ${host} is larger than 20 MB`, error);
    }
    throw unavailableFetch(`the file at ${host} could not be fetched`, error);
  }
}
