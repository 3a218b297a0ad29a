/** What is known of something that goes on at the server, and how it is known. */
export interface Reading<T> {
  /** `live`: told by the stream; `polling`: asked for; `cut`: neither works; `opening`: not known yet, or not any more. */
  readonly link: "opening" | "live" | "polling" | "cut";
  /** All of it, as it was told last. */
  readonly value: T | undefined;
  /** When the server gave its last sign of life, epoch ms. */
  readonly heardAt: number | undefined;
}

/** A sign of life, or the lack of one. */
export type Sign<T> =
  | { readonly kind: "told" | "polled"; readonly value: T; readonly at: number }
  | { readonly kind: "beat"; readonly at: number }
  | { readonly kind: "lost" | "left" };

/** How often the stream says something, at the least, ms. */
export const BEAT_MS = 5_000;
/** Signs that may be missed before figures are old. */
export const MISSED = 3;

export const NOTHING_YET: Reading<never> = { link: "opening", value: undefined, heardAt: undefined };

/** What is known after a sign. A value takes the place of the one before: nothing is added up, so nothing counts twice. */
export function after<T>(reading: Reading<T>, sign: Sign<T>): Reading<T> {
  switch (sign.kind) {
    case "told":
      return { link: "live", value: sign.value, heardAt: sign.at };
    case "polled":
      return { link: "polling", value: sign.value, heardAt: sign.at };
    case "beat":
      // A stream that goes on where it was cut says that what was told still holds.
      return { ...reading, link: "live", heardAt: sign.at };
    case "lost":
      return { ...reading, link: "cut" };
    case "left":
      return { ...reading, link: "opening" };
  }
}

/** How fresh figures are, for people. */
export interface Freshness {
  readonly link: Reading<unknown>["link"];
  /** Since the last sign of life, whole seconds; undefined: there was none. */
  readonly seconds: number | undefined;
  /** Figures that must not be taken for today's. */
  readonly isOld: boolean;
}

export function freshness({ link, heardAt }: Reading<unknown>, now: number): Freshness {
  if (heardAt === undefined) return { link, seconds: undefined, isOld: link === "cut" };
  const silence = Math.max(0, now - heardAt);
  const isOld = silence >= MISSED * BEAT_MS;
  return { link: isOld && link !== "opening" ? "cut" : link, seconds: Math.floor(silence / 1000), isOld };
}
