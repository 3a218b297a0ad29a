import type { ChannelError } from "../errors.js";
import type { StoredMedia } from "./ledger-stores.js";

/** Brings the bytes of an image that a message refers to. */
export interface ImageSource {
  /**
   * The image, checked to be JPG or PNG by its first bytes.
   *
   * @param ref `media:<sha256>` or an https URL
   * @throws {ChannelError} `REQUEST` when this reference can never be sent, `NOT_SENT` when it may work later
   */
  load(tenantId: number, ref: string, signal: AbortSignal): Promise<StoredMedia>;
  /**
   * Why `load` would refuse a reference, as far as that can be told without fetching anything; undefined: nothing speaks
   * against it.
   *
   * @default nothing is known
   */
  check?(tenantId: number, ref: string): Promise<ChannelError | undefined>;
}
