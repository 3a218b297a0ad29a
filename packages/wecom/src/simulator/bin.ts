#!/usr/bin/env node
import { parseArgs } from "node:util";
import { type SimulatedCustomer, startWecomSimulator } from "./index.js";

const HELP = `recallkit-wecom-simulator: a local WeCom (企业微信) server for tests and demos. It sends nothing to anybody.

  --port <n>            TCP port on 127.0.0.1 (default 8089, 0 = any)
  --corp-id <id>        (default ww-simulator)
  --secret <text>       (default simulator-secret)
  --agent-id <n>        (default 1000002)
  --staff <n>           members staff-01 … (default 5)
  --customers <n>       customers that can be listed; 0 = every id beginning with wm or wo is one (default 200)
  --confirm-after <ms>  members press "send" by themselves (default: only on the page)
  --seed <text>         the same ids in every run
`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8089" },
    "corp-id": { type: "string", default: "ww-simulator" },
    secret: { type: "string", default: "simulator-secret" },
    "agent-id": { type: "string", default: "1000002" },
    staff: { type: "string", default: "5" },
    customers: { type: "string", default: "200" },
    "confirm-after": { type: "string" },
    seed: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  process.stderr.write(`--${option}: a whole number is expected\n`);
  process.exit(2);
}

if (values.help) {
  process.stdout.write(HELP);
} else {
  const count = wholeNumber("customers", values.customers);
  const listed = Array.from({ length: count }, (_, index): SimulatedCustomer => {
    const number = String(index + 1).padStart(5, "0");
    return { externalUserid: `wmSim${number}`, name: `客户${number}`, unionid: `oSim${number}` };
  });
  const after = values["confirm-after"];
  const simulator = await startWecomSimulator({
    port: wholeNumber("port", values.port),
    corps: [{ corpId: values["corp-id"], secret: values.secret, agentId: wholeNumber("agent-id", values["agent-id"]) }],
    staff: wholeNumber("staff", values.staff),
    customers: count === 0 ? "any" : listed,
    bots: ["simulator-bot"],
    kfAccounts: ["wkSimulator"],
    ...(after !== undefined && { confirm: { afterMs: wholeNumber("confirm-after", after) } }),
    ...(values.seed !== undefined && { seed: values.seed }),
  });
  process.stdout.write(`WeCom simulator ready: ${simulator.url}
  corp id ${values["corp-id"]}, secret ${values.secret}, agent id ${values["agent-id"]}
  staff tasks: ${simulator.url}/    truth: ${simulator.url}/__simulator/ledger
`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void simulator.close());
}
