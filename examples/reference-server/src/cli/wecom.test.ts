import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startWecomSimulator, type WecomSimulatorOptions } from "@recallkit/wecom/simulator";
import { describe, expect, onTestFinished, test } from "vitest";
import { commandLine } from "../testing/command-line.js";

const CUSTOMERS = [
  { externalUserid: "wm1", name: "咪咪", unionid: "o1", followers: ["anna"] },
  { externalUserid: "wm2", name: "团团", remarkMobiles: ["138 0013 8000"], followers: ["anna"] },
  { externalUserid: "wm3", name: "=1+1", followers: ["bo"] },
];

/** A command line whose environment names an account at a simulator. */
async function atWecom(options: WecomSimulatorOptions = {}) {
  const simulator = await startWecomSimulator({ staff: ["anna", "bo"], customers: CUSTOMERS, ...options });
  onTestFinished(() => simulator.close());
  const env = { WECOM_CORP_ID: "ww-simulator", WECOM_SECRET: "simulator-secret", WECOM_BASE_URL: simulator.url };
  const line = await commandLine(env);
  return { simulator, ...line };
}

describe("wecom sync", () => {
  test("gives customers of a shop their external_userids, and lists who has no customer", async () => {
    const { run, folder } = await atWecom();
    const people = join(folder, "people.csv");
    await writeFile(people, "customer_key,name,unionid,mobile\nc1,顾客一,o1,\nc2,顾客二,,13800138000\n");
    expect((await run("import", "customers", people)).stderr).not.toContain("rejected");
    const unmatched = join(folder, "unmatched.csv");
    const { answer } = await run("wecom", "sync", "--unmatched", unmatched, "--json");
    expect(answer).toMatchObject({ contacts: 3, matched: { unionid: 1, mobile: 1 }, unmatched: 1, resumed: false });
    expect((await readFile(unmatched, "utf8")).split("\n").slice(1, 2)).toEqual(["wm3,bo,'=1+1,,,"]);
    const again = await run("wecom", "sync", "--create", "--json");
    expect(again.answer).toMatchObject({ matched: { external_userid: 2 }, created: 1, unmatched: 0 });
    expect((await run("wecom", "sync", "--mode", "incremental", "--json")).answer).toMatchObject({ contacts: 0 });
  });

  test("without an account tells how to set one", async () => {
    const { run } = await commandLine();
    const { code, stderr } = await run("wecom", "sync");
    expect(code).not.toBe(0);
    expect(stderr).toContain("channels set-wecom");
  });
});

test("wecom whoami tells what the account may call, and why not", async () => {
  const { run } = await atWecom();
  const { answer } = await run("wecom", "whoami", "--json");
  expect(answer).toMatchObject({ corp_id: "ww-simulator", calls: Array(5).fill({ ok: true }) });
  const app = { corpId: "ww-simulator", secret: "simulator-secret", isCallable: false };
  const barred = await (await atWecom({ corps: [app] })).run("wecom", "whoami", "--json");
  expect(barred.answer.calls).toContainEqual(
    expect.objectContaining({
      call: "externalcontact/get_follow_user_list",
      ok: false,
      errcode: "48002",
      trace_id: expect.stringMatching(/^\d+$/),
    }),
  );
});

test("wecom tags lists the corp's tags", async () => {
  const { run } = await atWecom();
  expect((await run("wecom", "tags", "--json")).answer).toEqual({ groups: [] });
});
