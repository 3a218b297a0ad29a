// How many callbacks one core verifies, opens, reads and answers.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../scripts/workspace.mjs";

const SECRETS = {
  token: "QDG6eK",
  encodingAesKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
  receiveId: "wx5823bf96d3bd56c7",
};
const ADDED = {
  Event: "change_external_contact",
  ChangeType: "add_external_contact",
  UserID: "zhangsan",
  State: "spring",
  WelcomeCode: "WELCOMECODE",
};
const COUNT = 100_000;

export async function measure() {
  const load = (/** @type {string} */ path) => import(pathToFileURL(join(root, "packages/wecom/dist", path)).href);
  /** @type {typeof import("../packages/wecom/src/index.ts")} */
  const { createCallbackHandler, messageCrypto, wecomCallbackReader } = await load("index.js");
  /** @type {typeof import("../packages/wecom/src/simulator/index.ts")} */
  const { outgoingCallbacks } = await load("simulator/index.js");

  /** @type {{ getSignature(...parts: string[]): string, decrypt(key: string, text: string): { id: string } }} */
  const library = createRequire(join(root, "packages/wecom/package.json"))("@wecom/crypto");

  const crypto = messageCrypto(SECRETS);
  const provider = outgoingCallbacks({ ...SECRETS, to: "http://127.0.0.1/" });
  const sample = provider.request({ ...ADDED, ExternalUserID: "woAJ2GCAAAXtWyujaWJHDDGi0mACAAAA" });
  const query = new URL(sample.url).searchParams;
  const body = new Uint8Array(await sample.clone().arrayBuffer());
  const encrypted = /<Encrypt><!\[CDATA\[([^\]]+)/.exec(Buffer.from(body).toString())?.[1] ?? "";
  const [signature, timestamp, nonce] = ["msg_signature", "timestamp", "nonce"].map((name) => query.get(name) ?? "");

  const bare = perSecond(COUNT, () => {
    const { token, encodingAesKey } = SECRETS;
    if (library.getSignature(token, timestamp ?? "", nonce ?? "", encrypted) !== signature)
      throw new Error("not signed");
    if (library.decrypt(encodingAesKey, encrypted).id !== SECRETS.receiveId) throw new Error("not opened");
  });
  const opened = perSecond(COUNT, () => {
    if (!crypto.isSigned(signature ?? "", timestamp ?? "", nonce ?? "", encrypted)) throw new Error("not signed");
    if (crypto.open(encrypted) === undefined) throw new Error("not opened");
  });
  const reader = wecomCallbackReader(SECRETS);
  const read = perSecond(COUNT, () => {
    if (reader.read(query, body) === undefined) throw new Error("not read");
  });
  const forgedQuery = new URLSearchParams([...query, ["x", ""]]);
  forgedQuery.set("msg_signature", "0".repeat(40));
  const refused = perSecond(COUNT, () => {
    if (reader.read(forgedQuery, body) !== undefined) throw new Error("not refused");
  });
  const handler = createCallbackHandler({ ...SECRETS, onEvent: async () => {} });
  const requests = Array.from({ length: 20_000 }, (_, n) => provider.request({ ...ADDED, ExternalUserID: `wm${n}` }));
  const before = process.cpuUsage();
  for (const request of requests) if ((await handler(request)).status !== 200) throw new Error("not answered");
  const answered = Math.round(requests.length / secondsSince(before));

  const ratio = (/** @type {number} */ rate) => Number((rate / bare).toFixed(2));
  const microseconds = (/** @type {number} */ rate) => Number((1_000_000 / rate).toFixed(1));
  return {
    "verified and decrypted by bare @wecom/crypto, which checks no padding, length or encoding, per second and core":
      bare,
    "verified and decrypted, times that": ratio(opened),
    "verified, decrypted and read, times that": ratio(read),
    "requests answered, times that": ratio(answered),
    "time of the processor for one verified and decrypted, µs": microseconds(opened),
    "time of the processor for one verified, decrypted and read, µs": microseconds(read),
    "time of the processor for one request answered by the handler, µs": microseconds(answered),
    "verified and decrypted, per second and core": opened,
    "verified, decrypted and read, per second and core": read,
    "forged ones refused, per second and core": refused,
    "requests answered by the handler, each with another event, per second and core": answered,
  };
}

/** By time of the processor, so that other work of the machine does not count. @param {number} count @param {() => void} work */
function perSecond(count, work) {
  for (let warm = 0; warm < count / 10; warm++) work();
  const before = process.cpuUsage();
  for (let done = 0; done < count; done++) work();
  return Math.round(count / secondsSince(before));
}

/** @param {NodeJS.CpuUsage} before */
function secondsSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}
