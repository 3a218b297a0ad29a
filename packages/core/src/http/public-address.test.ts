import type { LookupFunction } from "node:net";
import { describe, expect, test } from "vitest";
import { isPublicAddress, publicLookup } from "./public-address.js";

const resolvesTo = (...addresses: readonly string[]): LookupFunction =>
  publicLookup((_, __, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    ),
  );

function look(lookup: LookupFunction, all: boolean): Promise<unknown> {
  return new Promise((resolve, reject) =>
    lookup("images.example", { all }, (error, address, family) =>
      error ? reject(error) : resolve(all ? address : { address, family }),
    ),
  );
}

describe("isPublicAddress", () => {
  test.each(["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2400:3200::1"])(
    "%s is public",
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  test.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.19.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "ff02::1",
    "not an address",
    "",
  ])("%s is not public", (address) => expect(isPublicAddress(address)).toBe(false));
});

describe("publicLookup", () => {
  test("passes public addresses on, all of them or the first", async () => {
    const lookup = resolvesTo("8.8.8.8", "2606:4700::1111");
    expect(await look(lookup, true)).toEqual([
      { address: "8.8.8.8", family: 4 },
      { address: "2606:4700::1111", family: 6 },
    ]);
    expect(await look(lookup, false)).toEqual({ address: "8.8.8.8", family: 4 });
  });

  test("fails when one of several addresses is private", async () => {
    await expect(look(resolvesTo("8.8.8.8", "10.0.0.1"), true)).rejects.toThrow("public addresses only");
  });

  test("fails when there is no address", async () => {
    await expect(look(resolvesTo(), false)).rejects.toThrow("public addresses only");
  });

  test("passes the resolver's own failure on", async () => {
    const lookup = publicLookup((_, __, callback) => callback(new Error("ENOTFOUND"), []));
    await expect(look(lookup, true)).rejects.toThrow("ENOTFOUND");
  });
});
