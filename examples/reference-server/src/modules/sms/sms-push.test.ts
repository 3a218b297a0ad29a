import { createHash } from "node:crypto";
import { type SmsSimulator, startSmsSimulator } from "@recallkit/sms/simulator";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const PATIENCE = { timeout: 60_000, interval: 50 };
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const number = (ending: number) => `+8613800${String(ending).padStart(6, "0")}`;
/** …0002 fails, …0003 is never heard of, …0004 is reported twice, …0006 is on the provider's blacklist. */
const PEOPLE = [100_001, 100_002, 100_003, 100_004, 100_005, 100_006, 100_008].map(number);

const reportUrls: Record<string, string> = {};
const replyUrl = { replyUrl: "" };
let simulator: SmsSimulator;
let server: TestServer;
let pushes = 0;

/** Sends a text of its own to everybody: the provider refuses one text to one number twice. */
async function push(): Promise<number> {
  pushes += 1;
  const rule = await server.context.kit.rules.create({
    name: `老客召回${pushes}`,
    segment: { everybody: true },
    validFrom: "2020-01-01",
    validTo: "2100-12-31",
    channel: "sms",
    content: { text: `{{customer_name}}，好久不见${pushes}` },
    variables: { customer_name: "朋友" },
  });
  const { id } = await server.context.kit.occurrences.runNow(rule.id);
  await vi.waitFor(
    async () => expect((await server.context.kit.occurrences.status(id)).state).toMatch(/^completed/),
    PATIENCE,
  );
  return id;
}

async function people(occurrenceId: number): Promise<Record<string, string>> {
  const { items } = await server.context.kit.deliveries.list({ occurrenceId, limit: 200 });
  return Object.fromEntries(
    items.map(({ address, state, reason }) => [address, reason === null ? state : `${state}: ${reason}`]),
  );
}

const tell = (form: Readonly<Record<string, unknown>>, key = "default") =>
  server.request("POST", `/api/callbacks/yunpian/${key}`, {
    headers: FORM,
    body: new URLSearchParams(
      Object.fromEntries(Object.entries(form).map(([name, value]) => [name, JSON.stringify(value)])),
    ).toString(),
  });

/** A reply as Yunpian signs it. */
function signed(reply: Readonly<Record<string, string>>, apikey = "simulator-apikey") {
  const values = Object.keys(reply)
    .toSorted()
    .map((name) => reply[name]);
  const _sign = createHash("md5")
    .update([...values, apikey].join(","))
    .digest("hex");
  return { ...reply, _sign };
}
const reply = (id: string, mobile: string, text: string) => ({
  ...{ id, mobile, text, reply_time: "2026-01-05 10:00:00", extend: "", base_extend: "" },
});

const events = async () =>
  ((await server.get("/api/ops/callbacks?limit=200")).json as { items: Record<string, unknown>[] }).items;
const suppressed = async () =>
  (await server.context.kit.suppressions.list({ channel: "sms" })).items.map(({ address, reason }) => [
    address,
    reason,
  ]);

beforeAll(async () => {
  simulator = await startSmsSimulator(Object.assign(replyUrl, { reportUrls }));
  server = await startTestServer({
    YUNPIAN_API_KEY: "simulator-apikey",
    YUNPIAN_BASE_URL: simulator.url,
    SMS_SIGNATURE: "喵星球",
    // Without reports nobody would ask for long.
    RESULTS_POLL_MS: "600000",
    SWEEP_INTERVAL_MS: "100",
    FREQUENCY_CAPS: "off",
    QUIET_HOURS: "off",
  });
  reportUrls.yunpian = `${server.url}/api/callbacks/yunpian/default`;
  replyUrl.replyUrl = `${server.url}/api/callbacks/yunpian/default`;
  await server.context.kit.customers.upsert(
    PEOPLE.map((mobile, index) => ({ externalKey: `c${index}`, name: `客户${index}`, mobile })),
  );
});
afterAll(async () => {
  await server.close();
  await simulator.close();
});

describe("a push by SMS", () => {
  test("goes out with the signature and a way to refuse, and callbacks say soon what became of it", async () => {
    const id = await push();
    const [first] = simulator.ledger.messages;
    expect(first?.text).toBe("【喵星球】客户0，好久不见1 拒收请回复R");
    const accepted = await people(id);
    expect(accepted[number(100_001)]).toBe("accepted");
    expect(accepted[number(100_006)]).toBe("failed: provider_blacklist");
    expect(await simulator.push()).toMatchObject({ refused: 0 });
    await vi.waitFor(async () => expect((await people(id))[number(100_001)]).toBe("delivered"), PATIENCE);
    expect(await people(id)).toMatchObject({
      [number(100_002)]: expect.stringMatching(/^not_delivered: /),
      [number(100_003)]: "accepted",
      [number(100_004)]: "delivered",
      [number(100_008)]: "delivered",
    });
  });

  test("whom the provider has on its blacklist is not sent to again", async () => {
    expect(await suppressed()).toContainEqual([number(100_006), "provider_blacklist"]);
    const before = simulator.ledger.messages.length;
    const id = await push();
    expect((await people(id))[number(100_006)]).toBe("suppressed: blocklist");
    expect(simulator.ledger.messages.length - before).toBe(PEOPLE.length - 1);
    await simulator.push();
  });

  test("a report that comes twice is one event", async () => {
    const told = (await events()).filter(({ kind }) => kind === "report");
    const references = told.map(({ reference }) => reference);
    // Everybody but the silent number and the refused one, in two pushes.
    expect(references).toHaveLength((PEOPLE.length - 2) * 2);
    expect(new Set(references).size).toBe(references.length);
  });

  test("forged reports change nobody: unknown ids, and ids of another number", async () => {
    const id = await push();
    const sent = simulator.ledger.messages.slice(-(PEOPLE.length - 1));
    const sidOf = (to: string) => sent.find((message) => message.to === to)?.id;
    const report = (sid: string | undefined, mobile: string) => ({
      ...{ sid, mobile: mobile.slice(3), report_status: "SUCCESS", user_receive_time: "2026-01-05 10:00:00" },
    });
    const forged = [
      report("1234567890123456789", number(100_001)),
      report(sidOf(number(100_001)), number(100_003)),
      report(sidOf(number(100_003)), number(100_005)),
    ];
    expect((await tell({ sms_status: forged })).text).toBe("SUCCESS");
    // The true ones of two people; whoever is asked about by then has been asked about all.
    const two = [report(sidOf(number(100_008)), number(100_008)), report(sidOf(number(100_005)), number(100_005))];
    await tell({ sms_status: two.slice(0, 1) });
    await vi.waitFor(async () => expect((await people(id))[number(100_008)]).toBe("delivered"), PATIENCE);
    const now = await people(id);
    expect([100_001, 100_003, 100_005].map((one) => now[number(one)])).toEqual(Array(3).fill("accepted"));
  });
});

describe("a reply", () => {
  test("that refuses keeps the number from the next push; others are kept for staff", async () => {
    simulator.reply(number(100_005), " ｔｄ ");
    simulator.reply(number(100_001), "明天到店可以用吗");
    await simulator.push();
    expect(await suppressed()).toContainEqual([number(100_005), "opt_out"]);
    const { items } = (await server.get("/api/sms/replies")).json as { items: Record<string, unknown>[] };
    expect(items.map(({ address, text, opt_out }) => [address, text, opt_out])).toEqual([
      [number(100_001), "明天到店可以用吗", false],
      [number(100_005), " ｔｄ ", true],
    ]);
    const one = (await server.get("/api/sms/replies?opt_out=true")).json as { items: unknown[] };
    expect(one.items).toHaveLength(1);
    expect((await people(await push()))[number(100_005)]).toBe("suppressed: opt_out");
  });

  test("that is told again puts nothing back that staff have lifted", async () => {
    const again = signed(reply("r-again", "13800100008", "退订"));
    expect((await tell({ sms_reply: again })).text).toBe("SUCCESS");
    const entry = (await server.context.kit.suppressions.list({ channel: "sms" })).items.at(-1);
    expect(entry?.address).toBe(number(100_008));
    await server.context.kit.suppressions.remove(entry?.id ?? 0);
    expect((await tell({ sms_reply: again })).status).toBe(200);
    expect((await suppressed()).map(([address]) => address)).not.toContain(number(100_008));
  });
});

describe("callbacks", () => {
  test("that are refused are refused alike, whatever is wrong with them, and leave nothing behind", async () => {
    const before = (await events()).length;
    const send = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = FORM) =>
      server.request("POST", path, { headers: { ...headers, "x-request-id": "same" }, body });
    const own = "/api/callbacks/yunpian/default";
    const forged = signed(reply("r-forged", "13800100001", "退订"), "another-key");
    const unsigned = reply("r-unsigned", "13800100001", "退订");
    const answers = [
      await send("/api/callbacks/nobody/default", "sms_status=[]"),
      await send("/api/callbacks/aliyun/default", "[]"),
      await send("/api/callbacks/yunpian/1-00000000000000000000000000000000", "sms_status=[]"),
      await send("/api/callbacks/yunpian/2-00000000000000000000000000000000", "sms_status=[]"),
      await send(own, "hello"),
      await send(own, "sms_status=%7Bno"),
      await send(own, new URLSearchParams({ sms_reply: JSON.stringify(forged) }).toString()),
      await send(own, new URLSearchParams({ sms_reply: JSON.stringify(unsigned) }).toString()),
      await send(own, "{}", { "content-type": "application/json" }),
      await send(own, "x".repeat(600 * 1024)),
      await send(own, "x", { ...FORM, "content-encoding": "gzip" }),
      await send(own, new Uint8Array(0)),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 403, json: { code: "callback.refused" } });
    expect(await events()).toHaveLength(before);
  });

  test("have addresses that nobody guesses, too", async () => {
    const { callbackKey } = await import("./accounts.js");
    const key = callbackKey(server.context, 1);
    expect(key).toMatch(/^1-[0-9a-f]{32}$/);
    expect((await tell({ sms_status: [] }, key)).text).toBe("SUCCESS");
  });
});

test("segments and findings of a text are told", async () => {
  const text = encodeURIComponent("【喵星球】喵～好久不见 拒收请回复R");
  const answer = await server.get(`/api/sms/segments?text=${text}`);
  expect(answer.json).toMatchObject({ encoding: "ucs2", segments: 1, findings: [] });
});

test("the simulator inside the server delivers, and prints where the inbox is", async () => {
  const alone = await startTestServer({ FREQUENCY_CAPS: "off", QUIET_HOURS: "off", SWEEP_INTERVAL_MS: "100" });
  try {
    const { kit } = alone.context;
    await kit.customers.upsert([{ externalKey: "c", mobile: number(100_001) }]);
    const content = { text: "好久不见" };
    const validity = { validFrom: "2020-01-01", validTo: "2100-12-31" };
    const rule = await kit.rules.create({
      name: "n",
      segment: { everybody: true },
      ...validity,
      channel: "sms",
      content,
    });
    await kit.occurrences.runNow(rule.id);
    await vi.waitFor(async () => {
      expect((await kit.deliveries.list()).items.map(({ state }) => state)).toEqual(["delivered"]);
    }, PATIENCE);
    const url = /(http:\S+)/.exec(alone.printed.find((line) => line.includes("SMS inbox")) ?? "")?.[1] ?? "";
    expect(await (await fetch(url)).text()).toContain("好久不见");
  } finally {
    await alone.close();
  }
});
