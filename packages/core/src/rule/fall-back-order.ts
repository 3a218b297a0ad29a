import type { MessageContent } from "./content.js";

/** The parts of a rule that say which channel follows which. */
export interface FallBackOrder {
  readonly channel: string;
  readonly channels?: readonly string[] | undefined;
  readonly contents?: Readonly<Record<string, MessageContent>> | undefined;
  readonly fallBackAfterMs?: number | undefined;
  readonly expireAfterMs: number;
}

/** Channels behind one of a rule, in the order in which they are tried. */
export function channelsAfter({ channels = [] }: Pick<FallBackOrder, "channels">, channel: string): readonly string[] {
  const place = channels.indexOf(channel);
  return place < 0 ? [] : channels.slice(place + 1);
}

/** Every channel of a rule with what it says, in the order in which they are tried. */
export function contentsOf(
  rule: Pick<FallBackOrder, "channel" | "channels" | "contents"> & { readonly content: MessageContent },
): readonly { readonly channel: string; readonly content: MessageContent; readonly path: string }[] {
  const { channel: first, channels = [first], contents = {}, content } = rule;
  return channels.map((channel) => {
    const own = channel === first ? undefined : contents[channel];
    return own ? { channel, content: own, path: `contents.${channel}` } : { channel, content, path: "content" };
  });
}

/** A rule as one of its channels carries it. */
export function onChannel<
  D extends Pick<FallBackOrder, "channel" | "channels" | "contents"> & { readonly content: MessageContent },
>(definition: D, channel: string): D {
  if (channel === definition.channel) return definition;
  return { ...definition, channel, content: definition.contents?.[channel] ?? definition.content };
}

/** What is wrong with the order of the channels of a rule. */
export function fallBackFaults({
  channel,
  channels,
  contents = {},
  fallBackAfterMs,
  expireAfterMs,
}: FallBackOrder): readonly { readonly path: readonly (string | number)[]; readonly message: string }[] {
  const faults: { path: readonly (string | number)[]; message: string }[] = [];
  const [first = channel, ...later] = channels ?? [];
  if (first !== channel) faults.push({ path: ["channel"], message: "must be the first of channels" });
  channels?.forEach((name, index) => {
    if (channels.indexOf(name) < index) faults.push({ path: ["channels", index], message: "is given twice" });
  });
  for (const name of Object.keys(contents)) {
    if (!later.includes(name)) faults.push({ path: ["contents", name], message: "is no channel behind the first" });
  }
  if (fallBackAfterMs === undefined) return faults;
  const path = ["fallBackAfterMs"];
  if (later.length === 0) faults.push({ path, message: "needs channels to fall back to" });
  if (fallBackAfterMs >= expireAfterMs) faults.push({ path, message: "must be less than expireAfterMs" });
  return faults;
}
