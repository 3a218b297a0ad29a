import { isIPv4, isIPv6 } from "node:net";
import type { ServerConfig } from "./config.js";

/**
 * A caller's address as lines of the log show it: as it is, or the network that it belongs to (/24, /48), by which attacks
 * are told apart and people are not; undefined: not at all.
 */
export function addressInLog(setting: ServerConfig["logAddresses"]): (ip: string) => string | undefined {
  if (setting === "off") return () => undefined;
  return setting === "full" ? (ip) => ip : masked;
}

function masked(ip: string): string | undefined {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, "");
  if (isIPv4(plain)) return `${plain.split(".").slice(0, 3).join(".")}.0/24`;
  if (!isIPv6(plain)) return undefined;
  const [head = "", tail] = plain.split("%", 1).join("").split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: Math.max(0, zeros) }, () => "0"), ...after];
  return `${groups
    .slice(0, 3)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/48`;
}
