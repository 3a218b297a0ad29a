import type { EmailOptions, SmtpOptions } from "@recallkit/channels/email";
import type { EnvironmentFault } from "../config/environment.js";
import type { EnvironmentValues } from "../config/variables.js";

/** Accounts of the channels of messages that the environment describes; undefined: none. */
export interface MessagingSettings {
  readonly email:
    | Pick<EmailOptions, "smtp" | "from" | "sender" | "dkim" | "bounceAddress" | "unsubscribeAddress">
    | undefined;
  readonly feishu:
    | { readonly appId: string; readonly appSecret: string; readonly baseUrl: string | undefined }
    | undefined;
  readonly appPush:
    | { readonly appKey: string; readonly masterSecret: string; readonly baseUrl: string | undefined }
    | undefined;
  readonly webhook: { readonly url: string; readonly secret: string } | undefined;
  readonly officialAccount:
    | { readonly appId: string; readonly secret: string; readonly baseUrl: string | undefined }
    | undefined;
}

/** Variables that go together: where one is set the first ones must be. */
const TOGETHER: readonly { readonly needed: readonly string[]; readonly others: readonly string[] }[] = [
  {
    needed: ["SMTP_URL", "EMAIL_FROM", "EMAIL_CONTACT"],
    others: ["EMAIL_SENDER", "EMAIL_BOUNCE_ADDRESS", "EMAIL_UNSUBSCRIBE_ADDRESS"],
  },
  { needed: ["DKIM_DOMAIN", "DKIM_SELECTOR", "DKIM_PRIVATE_KEY"], others: [] },
  { needed: ["FEISHU_APP_ID", "FEISHU_APP_SECRET"], others: ["FEISHU_BASE_URL"] },
  { needed: ["JPUSH_APP_KEY", "JPUSH_MASTER_SECRET"], others: ["JPUSH_BASE_URL"] },
  { needed: ["MESSAGE_WEBHOOK_URL", "MESSAGE_WEBHOOK_SECRET"], others: [] },
  { needed: ["OFFICIAL_ACCOUNT_APP_ID", "OFFICIAL_ACCOUNT_SECRET"], others: ["OFFICIAL_ACCOUNT_BASE_URL"] },
];

/** What variables of channels miss. @param given every variable that is set, right or wrong */
export function messagingFaults(given: Readonly<Record<string, string>>): readonly EnvironmentFault[] {
  return TOGETHER.flatMap(({ needed, others }) => {
    const isSet = [...needed, ...others].some((name) => given[name]);
    const missing = isSet ? needed.filter((name) => !given[name]) : [];
    const rest = (variable: string) => needed.filter((name) => name !== variable).join(", ");
    return missing.map((variable) => ({ variable, message: `is missing beside ${rest(variable)}` }));
  });
}

/** The accounts that the environment describes. */
export function messagingIn(known: EnvironmentValues): MessagingSettings {
  const { FEISHU_APP_ID: appId, FEISHU_APP_SECRET: appSecret, JPUSH_APP_KEY: appKey } = known;
  const { JPUSH_MASTER_SECRET: masterSecret, MESSAGE_WEBHOOK_URL: url, MESSAGE_WEBHOOK_SECRET: secret } = known;
  const { OFFICIAL_ACCOUNT_APP_ID: accountId, OFFICIAL_ACCOUNT_SECRET: accountSecret } = known;
  return {
    email: emailIn(known),
    feishu: appId && appSecret ? { appId, appSecret, baseUrl: known.FEISHU_BASE_URL } : undefined,
    appPush: appKey && masterSecret ? { appKey, masterSecret, baseUrl: known.JPUSH_BASE_URL } : undefined,
    webhook: url && secret ? { url, secret } : undefined,
    officialAccount:
      accountId && accountSecret
        ? { appId: accountId, secret: accountSecret, baseUrl: known.OFFICIAL_ACCOUNT_BASE_URL }
        : undefined,
  };
}

function emailIn(known: EnvironmentValues): MessagingSettings["email"] {
  const { SMTP_URL: url, EMAIL_FROM: from, EMAIL_CONTACT: contact, EMAIL_SENDER: sender } = known;
  if (url === undefined || from === undefined || contact === undefined) return undefined;
  const { DKIM_DOMAIN: domain, DKIM_SELECTOR: selector, DKIM_PRIVATE_KEY: key } = known;
  const [, name = "", address = from] = /^(.*?)\s*<([^<>]+)>$/.exec(from) ?? [];
  const shown = name.replace(/^"(.*)"$/, "$1") || sender || address;
  return {
    smtp: smtpOf(new URL(url)),
    from: { name: shown, address },
    sender: { name: sender ?? shown, contact },
    bounceAddress: known.EMAIL_BOUNCE_ADDRESS,
    unsubscribeAddress: known.EMAIL_UNSUBSCRIBE_ADDRESS,
    // A key in an environment variable has its lines written as \n.
    ...(domain && selector && key && { dkim: { domain, selector, privateKey: key.replace(/\\n/g, "\n") } }),
  };
}

function smtpOf({ protocol, hostname, port, username, password }: URL): SmtpOptions {
  const isHere = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  return {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    ...(port !== "" && { port: Number(port) }),
    tls: protocol === "smtps:" ? "implicit" : isHere ? "none" : "starttls",
    ...(username !== "" && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  };
}

/** What of the accounts must never stand in a log. */
export function secretsOfMessaging({
  email,
  feishu,
  appPush,
  webhook,
  officialAccount,
}: MessagingSettings): readonly string[] {
  const secrets = [email?.smtp.auth?.pass, email?.dkim?.privateKey, feishu?.appSecret, appPush?.masterSecret];
  return [...secrets, webhook?.secret, officialAccount?.secret].filter((secret) => secret !== undefined);
}
