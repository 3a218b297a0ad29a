import type { OutgoingBatch, Recipient } from "../ports/channel.js";
import type { MessageContent } from "../rule/content.js";

/** Recipients as the engine would hand them to a channel; for tests of channels. */
export function recipientsAt(
  addresses: readonly string[],
  { content, marker }: { readonly content: MessageContent; readonly marker: string },
): readonly Recipient[] {
  // As on a personal channel: everybody has a marker of their own.
  return addresses.map((address) => ({
    address,
    content,
    values: {},
    marker: `${marker.slice(0, 8)}${mark(address)}`,
  }));
}

/** Addresses of a batch in its order; none of no batch. */
export function addressesOf(batch: Pick<OutgoingBatch, "recipients"> | undefined): readonly string[] {
  return (batch?.recipients ?? []).map(({ address }) => address);
}

/** Four characters of base32 that an address gives. */
function mark(address: string): string {
  let sum = 0;
  for (const character of address) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 32 ** 4;
  return Array.from({ length: 4 }, (_, at) => "abcdefghijklmnopqrstuvwxyz234567"[Math.floor(sum / 32 ** at) % 32]).join(
    "",
  );
}
