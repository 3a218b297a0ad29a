import { afterAll, beforeAll, expect, test } from "vitest";
import { startWecomSimulator, type WecomSimulator } from "../simulator/index.js";
import { staffChannel } from "./staff-channel.js";

let simulator: WecomSimulator;
beforeAll(async () => {
  simulator = await startWecomSimulator({
    customers: [],
    corps: [{ corpId: "ww-one", secret: "secret-one", agentId: 1_000_002, staff: ["zhangsan"] }],
  });
});
afterAll(() => simulator.close());

test("a member gets the text once; whoever is no member is refused", async () => {
  const channel = staffChannel({ corpId: "ww-one", secret: "secret-one", baseUrl: simulator.url, agentId: 1_000_002 });
  const send = (address: string) => {
    const content = { text: "工单 #3 已分配给您" };
    const recipients = [{ address, content, values: {}, marker: "m" }];
    return channel.send(
      { tenantId: 1, marker: "m", content, recipients },
      { writeBy: Number.MAX_SAFE_INTEGER, signal: new AbortController().signal },
    );
  };
  expect(await send("member:zhangsan")).toMatchObject([{ kind: "accepted" }]);
  expect(await send("member:nobody")).toMatchObject([{ kind: "refused" }]);
  expect(await send("zhangsan")).toEqual([{ kind: "refused", reason: "invalid_address" }]);
  expect(channel.checkContent?.({ text: "字".repeat(700) })).toMatchObject([{ path: "text" }]);
});
