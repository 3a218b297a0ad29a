import { isIP } from "node:net";
import * as z from "zod";

/** A whole number in a variable, `least` … `most`. */
export function integer(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, { message })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { message })
    .optional();
}

/** `on` or `off`; undefined when unset. */
export const onOff = z
  .enum(["on", "off"], { message: "must be on or off" })
  .transform((value) => value === "on")
  .optional();

/** A comma list; empty parts are left out. */
export const commaList = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean),
);

/** An http or https URL without a query. */
export const httpUrl = z.string().refine(
  (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.username === "";
  },
  { message: "must be an http(s) URL without a query" },
);

/** Text of at most 255 characters. */
export const shortText = z.string().max(255, { message: "is too long" });

const PROXY_NAMES = ["loopback", "linklocal", "uniquelocal"];

/** Proxies whose word about a caller's address counts: how many stand in front, or which; `true` would believe anybody. */
export const trustedProxies = commaList
  .refine((parts) => parts.length > 0 && (isHopCount(parts) || parts.every(isProxy)), {
    message:
      "must be a number of proxies (1 … 9), or a comma list of addresses, subnets, loopback, linklocal, uniquelocal",
  })
  .transform((parts): number | string[] => (isHopCount(parts) ? Number(parts[0]) : parts));

function isHopCount(parts: readonly string[]): boolean {
  return parts.length === 1 && /^[1-9]$/.test(parts[0] ?? "");
}

function isProxy(text: string): boolean {
  if (PROXY_NAMES.includes(text)) return true;
  const [address = "", bits, ...rest] = text.split("/");
  const version = isIP(address);
  const isSubnet = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
  return version > 0 && rest.length === 0 && isSubnet && bits !== "0";
}

/** Where alarms are posted: https, or http on this machine. */
export const safeUrl = httpUrl.refine(
  (text) => {
    const { protocol, hostname } = new URL(text);
    return protocol === "https:" || /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  },
  { message: "must be https, or http on this machine", when: ({ value }) => URL.canParse(String(value)) },
);

/** Where a Redis is. */
export const redisUrl = z.string().refine((text) => URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol), {
  message: "must be redis://user:password@host:port/number, or rediss:// over TLS",
});

/** Where a RabbitMQ is. */
export const rabbitmqUrl = z.string().refine((text) => URL.canParse(text) && /^amqps?:$/.test(new URL(text).protocol), {
  message: "must be amqp://user:password@host:port/vhost, or amqps:// over TLS",
});
