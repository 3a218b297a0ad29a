import { wecomChannel } from "@recallkit/wecom";
import { startWecomSimulator } from "@recallkit/wecom/simulator";

const simulator = await startWecomSimulator();
const channel = wecomChannel({ corpId: "ww-simulator", secret: "simulator-secret", baseUrl: simulator.url });
const { signal } = new AbortController();

const [content, marker] = [{ text: "喵～好久不见 https://shop.example/back" }, "K7Q2MZ4ABCDE"];
const recipients = ["wm-mimi", "wm-tuantuan", "nobody"].map((address) => ({ address, content, marker, values: {} }));
const batch = { tenantId: 1, marker, content, recipients };
const outcomes = await channel.send(batch, { writeBy: performance.now() + 10_000, signal });
console.log(outcomes.map(({ kind }) => kind).join(" "));

simulator.confirmAll(); // staff members press "send"
const messages = simulator.ledger.tasks.map(({ msgid }) => msgid);
for await (const reports of channel.results?.(messages, { signal }) ?? []) {
  for (const { address, kind } of reports) console.log(address, kind);
}
await simulator.close();
