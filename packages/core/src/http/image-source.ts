import { type Clock, systemClock } from "../clock.js";
import { ChannelError, TransportError } from "../errors.js";
import { imageType, MAX_IMAGE_BYTES, storedImage } from "../media.js";
import type { HttpResponse, HttpTransport } from "../ports/http-transport.js";
import type { ImageSource } from "../ports/image-source.js";
import type { MediaStore, StoredMedia } from "../ports/ledger-stores.js";
import { mediaHash } from "../rule/content.js";
import { hostForms, listedUrl, refusedFetch, unavailableFetch } from "./listed-hosts.js";
import { publicLookup } from "./public-address.js";
import { recentImages } from "./recent-images.js";
import { undiciTransport } from "./undici-transport.js";

const FETCH_TIMEOUT_MS = 10_000;
const OR_STORED = ", or media:<sha256>";

/** Options of {@link imageSource}. */
export interface ImageSourceOptions {
  /** Hosts that images are fetched from, exactly (`img.example.com`, `img.example.com:8443`). @default none */
  readonly hosts?: readonly string[] | undefined;
  /** Images stored beforehand, named by `media:<sha256>`. */
  readonly media: Pick<MediaStore, "get">;
  /** How images are fetched. @default a transport that connects to public addresses only */
  readonly transport?: HttpTransport | undefined;
  /** How long a fetched image stands for its URL, in ms, so that one batch sends one image. @default 600000 */
  readonly keepMs?: number | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
}

/**
 * Images by reference: out of the media store, or fetched over https from listed hosts.
 *
 * A fetch ends after 10 s or 10 MB and follows no redirect. Addresses are checked when the socket connects, so a
 * listed host cannot lead into the private network.
 *
 * Error codes: `image.host-not-listed`, `image.not-found`, `image.unsupported`, `image.too-large` (class `REQUEST`),
 * `image.unavailable` (class `NOT_SENT`).
 */
export function imageSource(options: ImageSourceOptions): ImageSource {
  const { media, clock = systemClock, keepMs = 600_000 } = options;
  const transport = options.transport ?? undiciTransport({ clock, lookup: publicLookup() });
  const hosts = hostForms(options.hosts ?? []);
  const recent = recentImages(clock, keepMs);

  async function storedAs(tenantId: number, sha256: string): Promise<StoredMedia> {
    const stored = await media.get(tenantId, sha256);
    if (stored === undefined) throw refusedFetch("image.not-found", `no image is stored as media:${sha256}`);
    return stored;
  }

  async function load(tenantId: number, ref: string, signal: AbortSignal): Promise<StoredMedia> {
    const sha256 = mediaHash(ref);
    if (sha256 !== undefined) {
      return storedAs(tenantId, sha256);
    }
    const url = listedUrl(ref, hosts, "an image", OR_STORED);
    return recent.getOrLoad(`${tenantId} ${url}`, () => fetchImage(transport, url, signal));
  }

  async function check(tenantId: number, ref: string): Promise<ChannelError | undefined> {
    try {
      const sha256 = mediaHash(ref);
      if (sha256 === undefined) listedUrl(ref, hosts, "an image", OR_STORED);
      else await storedAs(tenantId, sha256);
      return undefined;
    } catch (error) {
      if (ChannelError.is(error)) return error;
      throw error;
    }
  }

  return { load, check };
}

async function fetchImage(transport: HttpTransport, url: string, signal: AbortSignal): Promise<StoredMedia> {
  const { host } = new URL(url);
  let answer: HttpResponse;
  try {
    answer = await transport.request({
      method: "GET",
      url,
      headers: { accept: "image/jpeg, image/png" },
      timeoutMs: FETCH_TIMEOUT_MS,
      maxBytes: MAX_IMAGE_BYTES,
      signal,
    });
  } catch (error) {
    if (TransportError.is(error) && error.code === "transport.too-large") {
      throw refusedFetch("image.too-large", `the image at ${host} is larger than 10 MB`, error);
    }
    throw unavailableFetch(`the image at ${host} could not be fetched`, error);
  }
  const { status, body } = answer;
  if (status >= 500 || status === 408 || status === 429)
    throw unavailableFetch(`${host} answered ${status} for an image`);
  if (status !== 200) throw refusedFetch("image.not-found", `${host} answered ${status} for an image`);
  if (!imageType(body)) throw refusedFetch("image.unsupported", `what ${host} sent is neither JPG nor PNG`);
  return storedImage(body);
}
