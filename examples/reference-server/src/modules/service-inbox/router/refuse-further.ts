import type { Inbox } from "../inbox.js";
import type { RoutedMessage } from "./route-message.js";

/** Channels on which somebody is written to who is met at an entrance. */
const CHANNELS = {
  official_account: ["official-account"],
  wecom_customer: ["wecom"],
  wecom_staff: [],
  api: [],
} as const;

/** Whoever refuses gets no marketing any more: a person that is known on every channel, an address on its own ones. */
export async function refuseFurther(inbox: Inbox, message: Pick<RoutedMessage, "entrance" | "address" | "customerId">) {
  const { context, stores, tenantId } = inbox;
  const customer = message.customerId === null ? undefined : await stores.customers.get(tenantId, message.customerId);
  const { address, entrance } = message;
  const { mobile, email, external_userid: externalUserId, openid } = customer?.identities ?? {};
  const entries = [
    ...(address === null ? [] : CHANNELS[entrance].map((channel) => ({ channel, address }))),
    // Not all channels at once: answers to what they ask themselves have to reach them.
    ...(mobile === undefined ? [] : [{ channel: "sms", address: mobile }]),
    ...(email === undefined ? [] : [{ channel: "email", address: email }]),
    ...(externalUserId === undefined ? [] : [{ channel: "wecom", address: externalUserId }]),
    ...(openid === undefined ? [] : [{ channel: "official-account", address: openid }]),
  ];
  const once = [...new Map(entries.map((entry) => [`${entry.channel} ${entry.address}`, entry])).values()];
  if (once.length === 0) return;
  await context.kit.forTenant(tenantId).suppressions.addMany(once.map((entry) => ({ ...entry, reason: "opt_out" })));
}
