import { createPrivateKey } from "node:crypto";
import { type Clock, ConfigError, systemClock } from "@recallkit/core";
import { memoryRateLimiter, type RateLimit, type RateLimiter } from "@recallkit/core/ports";
import type { LimitOptions } from "../call/limits.js";
import type { BounceStore } from "./bounce-store.js";
import { isMailAddress } from "./mail-address.js";

/** What the mails are for; marketing carries the way to refuse. */
export const MESSAGE_CLASSES = ["marketing", "service"] as const;
export type MessageClass = (typeof MESSAGE_CLASSES)[number];

/** The server that takes our mails. */
export interface SmtpOptions {
  readonly host: string;
  /** @default 465 with `tls: "implicit"`, else 587 */
  readonly port?: number | undefined;
  /**
   * `implicit`: TLS from the first byte. `starttls`: a connection that does not become TLS sends nothing. `none`: for this
   * machine and networks of one's own.
   *
   * @default "implicit"
   */
  readonly tls?: "implicit" | "starttls" | "none" | undefined;
  /** Certificates (PEM) to be trusted beside the known ones. */
  readonly ca?: string | undefined;
  /** @default the server asks for no login */
  readonly auth?: { readonly user: string; readonly pass: string } | undefined;
  /** What we call ourselves in EHLO. @default the name of this machine */
  readonly clientName?: string | undefined;
  /** Most connections at once, ≥ 1. @default 5 */
  readonly maxConnections?: number | undefined;
  /** Mails per connection, ≥ 1. @default 100 */
  readonly maxMessages?: number | undefined;
  /** Longest wait for a connection, its greeting included, in ms. @default 5000 */
  readonly connectTimeoutMs?: number | undefined;
  /** Longest silence of the server, in ms; idle connections end after it too. @default 15000 */
  readonly socketTimeoutMs?: number | undefined;
}

/** A key that mails are signed with. */
export interface DkimOptions {
  /** `d=`: the domain of the sender's address, or one above it. */
  readonly domain: string;
  /** `s=`: the key stands in the TXT record `<selector>._domainkey.<domain>`. */
  readonly selector: string;
  /** RSA key as PEM, 1024 bits or more; receivers ask for 2048. */
  readonly privateKey: string;
}

/** Options of {@link emailChannel}. */
export interface EmailOptions extends LimitOptions {
  readonly smtp: SmtpOptions;
  /** Who the mails are from. */
  readonly from: { readonly name: string; readonly address: string };
  /** Where answers go. @default the sender's address */
  readonly replyTo?: string | undefined;
  /** Who is behind the mails, as the law wants it said: name of the business, and how it is reached. Stands below every mail. */
  readonly sender: { readonly name: string; readonly contact: string };
  /** @default "marketing" */
  readonly messageClass?: MessageClass | undefined;
  /** @default mails are signed by the relay, if at all */
  readonly dkim?: DkimOptions | undefined;
  /**
   * Where bounces go. Mails leave with `<local>+<token>@<domain>` as their envelope sender, so that each bounce names its mail.
   *
   * @default the sender's address
   */
  readonly bounceAddress?: string | undefined;
  /** Where a person unsubscribes by mail: for mails without `unsubscribe_link`, and beside it. @default nowhere */
  readonly unsubscribeAddress?: string | undefined;
  /** Where bounces wait for the engine. @default none: nothing is known beyond "accepted" */
  readonly bounces?: BounceStore | undefined;
  /** Name of the channel, for a second one of another class. @default "email" */
  readonly name?: string | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
}

/** {@link SmtpOptions} with their defaults. */
export interface SmtpSettings extends Pick<SmtpOptions, "host" | "ca" | "auth" | "clientName"> {
  readonly port: number;
  readonly tls: "implicit" | "starttls" | "none";
  readonly maxConnections: number;
  readonly maxMessages: number;
  readonly connectTimeoutMs: number;
  readonly socketTimeoutMs: number;
}

/** Options with their defaults. */
export interface EmailSettings {
  readonly smtp: SmtpSettings;
  readonly from: EmailOptions["from"];
  readonly replyTo: string | undefined;
  readonly sender: EmailOptions["sender"];
  readonly messageClass: MessageClass;
  readonly dkim: DkimOptions | undefined;
  readonly bounceAddress: string | undefined;
  readonly unsubscribeAddress: string | undefined;
  readonly limiter: RateLimiter;
  readonly limits: readonly RateLimit[];
  readonly name: string;
  readonly clock: Clock;
}

/** Puts the defaults in place. @throws {ConfigError} an option is missing or unusable */
export function emailSettings(options: EmailOptions): EmailSettings {
  const { smtp, from, sender, messageClass = "marketing", name = "email", clock = systemClock } = options;
  const { tls = "implicit" } = smtp;
  check("smtp.host", smtp.host !== "", "smtp.host names the server");
  check("smtp.tls", ["implicit", "starttls", "none"].includes(tls), "smtp.tls is implicit, starttls or none");
  for (const option of ["maxConnections", "maxMessages", "connectTimeoutMs", "socketTimeoutMs"] as const) {
    const value = smtp[option] ?? 1;
    check(`smtp.${option}`, Number.isInteger(value) && value >= 1, `smtp.${option} is a whole number from 1 on`);
  }
  for (const option of ["replyTo", "bounceAddress", "unsubscribeAddress"] as const) {
    const value = options[option];
    check(option, value === undefined || isMailAddress(value), `${option} is no e-mail address`);
  }
  check("from.address", isMailAddress(from.address), "from.address is no e-mail address");
  check("from.name", isLine(from.name), "from.name is one line, not empty");
  check("sender.name", isLine(sender.name), "sender.name is one line, not empty");
  check("sender.contact", isLine(sender.contact), "sender.contact is one line, not empty");
  check("messageClass", MESSAGE_CLASSES.includes(messageClass), `messageClass is ${MESSAGE_CLASSES.join(" or ")}`);
  if (options.dkim) checkKey(options.dkim);
  return {
    smtp: {
      ...smtp,
      tls,
      port: smtp.port ?? (tls === "implicit" ? 465 : 587),
      maxConnections: smtp.maxConnections ?? 5,
      maxMessages: smtp.maxMessages ?? 100,
      connectTimeoutMs: smtp.connectTimeoutMs ?? 5000,
      socketTimeoutMs: smtp.socketTimeoutMs ?? 15_000,
    },
    from,
    sender,
    messageClass,
    name,
    clock,
    replyTo: options.replyTo,
    dkim: options.dkim,
    bounceAddress: options.bounceAddress,
    unsubscribeAddress: options.unsubscribeAddress,
    limiter: options.limiter ?? memoryRateLimiter({ clock }),
    limits: options.limits ?? [],
  };
}

const isLine = (text: string) => text.trim() !== "" && !/\p{Cc}/u.test(text);

/** nodemailer leaves the signature out without a word when the key is none, so that it is looked at here. */
function checkKey({ domain, selector, privateKey }: DkimOptions): void {
  check("dkim.domain", /^[a-z0-9.-]+\.[a-z0-9-]+$/i.test(domain), "dkim.domain is no domain");
  check("dkim.selector", /^[a-z0-9._-]+$/i.test(selector), "dkim.selector is letters, digits, dots and dashes");
  let isUsable = false;
  try {
    const key = createPrivateKey(privateKey);
    isUsable = key.asymmetricKeyType === "rsa" && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 1024;
  } catch {
    // Said below, without the key.
  }
  check("dkim.privateKey", isUsable, "dkim.privateKey is no RSA key of 1024 bits or more in PEM");
}

function check(option: string, isRight: boolean, message: string): void {
  if (!isRight) throw new ConfigError("config.invalid", option, message);
}
