import { countSegments, isOptOutReply, lintSms, maskNumber, smsChannel } from "@recallkit/sms";
import { startSmsSimulator } from "@recallkit/sms/simulator";
import { yunpianProvider } from "@recallkit/sms/yunpian";

console.log(countSegments("【喵星球】好久不见，猫粮到货了 拒收请回复R"));
for (const { severity, code } of lintSms("【喵星球】好久不见")) console.log(severity, code);

// In production only the apikey is given.
const simulator = await startSmsSimulator();
const provider = yunpianProvider({ apikey: "simulator-apikey", baseUrl: simulator.yunpianUrl });
const channel = smsChannel({ provider, signature: "喵星球" });

// A kit does this by itself: createRecallKit({ channels: [channel] }).
const content = { text: "好久不见，猫粮到货了" };
const recipients = [{ address: "+8613800138000", content, values: {}, marker: "abcdefgh2345" }];
const [outcome] = await channel.send(
  { tenantId: 1, marker: "abcdefgh2345", content, recipients },
  { writeBy: performance.now() + 10_000, signal: new AbortController().signal },
);
console.log(outcome?.kind);
for (const { to, text } of simulator.ledger.messages) console.log(maskNumber(to), text);
console.log(isOptOutReply("ＴＤ"));
await simulator.close();
