import {
  RECEIVER_SECRET,
  startEmailSimulator,
  startFeishuSimulator,
  startJpushSimulator,
  startWebhookReceiver,
} from "@recallkit/channels/simulator";
import type { Clock } from "@recallkit/core";
import { startOfficialAccountSimulator } from "@recallkit/wecom/official-account/simulator";
import type { MessagingSettings } from "./settings.js";

/** Who follows the account of the simulator, and has just written. */
const FOLLOWER = "o-simulator-follower-0000001";

type Running = Record<string, { readonly url: string; close(): Promise<void> }>;

/** What a simulator in this process takes: the account that it knows. */
export async function simulatedEmail(running: Running, clock: Clock): Promise<MessagingSettings["email"]> {
  const simulator = await startEmailSimulator({ clock });
  running.email = simulator;
  return {
    smtp: {
      host: simulator.host,
      port: simulator.smtpPort,
      tls: "none",
      auth: { user: "simulator", pass: "simulator-password" },
    },
    from: { name: "RecallKit", address: "shop@simulator.example" },
    sender: { name: "RecallKit", contact: "shop@simulator.example" },
    bounceAddress: undefined,
    unsubscribeAddress: "unsubscribe@simulator.example",
  };
}

export async function simulatedFeishu(running: Running, clock: Clock): Promise<MessagingSettings["feishu"]> {
  const simulator = await startFeishuSimulator({ clock });
  running.feishu = simulator;
  return { appId: "cli_simulator", appSecret: "simulator-secret", baseUrl: simulator.url };
}

export async function simulatedAppPush(running: Running, clock: Clock): Promise<MessagingSettings["appPush"]> {
  const simulator = await startJpushSimulator({ clock });
  running["app-push"] = simulator;
  return { appKey: "simulator-key", masterSecret: "simulator-secret", baseUrl: simulator.url };
}

export async function simulatedWebhook(running: Running, clock: Clock): Promise<MessagingSettings["webhook"]> {
  const simulator = await startWebhookReceiver({ clock });
  running.webhook = simulator;
  return { url: `${simulator.url}/hook`, secret: RECEIVER_SECRET };
}

export async function simulatedAccount(running: Running, clock: Clock): Promise<MessagingSettings["officialAccount"]> {
  const account = { appId: "wx-simulator-account", secret: "simulator-secret" };
  const simulator = await startOfficialAccountSimulator({ ...account, followers: [FOLLOWER], clock });
  // Answers go to those who wrote within 48 hours.
  simulator.write(FOLLOWER, "你好");
  running["official-account-customer"] = simulator;
  return { ...account, baseUrl: simulator.url };
}
