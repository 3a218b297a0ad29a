import * as z from "zod";
import { verifyWebhook } from "../../webhook/signature.js";
import {
  bodyJson,
  type HttpSimulator,
  type HttpSimulatorOptions,
  httpSimulator,
  nowOf,
  type TakenMessage,
} from "../http-simulator.js";
import { jsonAnswer, type LocalAnswer, type LocalRequest } from "../local-server.js";

/** Options of {@link startWebhookReceiver}; every one has a default. */
export interface WebhookReceiverOptions extends HttpSimulatorOptions {
  /** @default {@link RECEIVER_SECRET} */
  readonly secret?: string | undefined;
}

/** The secret of a receiver that is given none. */
export const RECEIVER_SECRET = `whsec_${Buffer.from("a secret of the simulator 32 byte").toString("base64")}`;

const eventSchema = z.object({
  type: z.literal("message.send"),
  data: z.object({
    to: z.object({ type: z.string(), value: z.string().min(1) }),
    content: z.object({ text: z.string().optional(), subject: z.string().optional() }),
  }),
});

/**
 * A receiver as it should be: it checks signature and age, remembers ids, and answers a repeat like the first time; a ledger
 * of what really happened, and a page. Addresses that begin with `unknown` get 422.
 *
 * For tests and demos only: it listens on 127.0.0.1, and its pages ask for no login.
 */
export async function startWebhookReceiver(options: WebhookReceiverOptions = {}): Promise<HttpSimulator> {
  const { secret = RECEIVER_SECRET } = options;
  const now = nowOf(options);
  const messages: TakenMessage[] = [];

  function receive({ headers, body }: LocalRequest): LocalAnswer {
    const check = verifyWebhook(headers, body, { secret, now: now() });
    if (!check.isGenuine) return jsonAnswer({ fault: check.fault }, 401);
    const event = eventSchema.safeParse(bodyJson(body));
    if (!event.success) return jsonAnswer({ fault: "malformed" }, 400);
    const known = messages.find(({ key }) => key === check.id);
    if (known) return jsonAnswer({ id: known.id });
    const { to, content } = event.data.data;
    if (to.value.startsWith("unknown")) return jsonAnswer({ fault: "nobody" }, 422);
    const id = `received-${messages.length + 1}`;
    messages.push({
      id,
      to: to.value,
      title: content.subject ?? "",
      text: content.text ?? "",
      key: check.id,
      takenAt: now(),
    });
    return jsonAnswer({ id });
  }

  return httpSimulator({
    port: options.port ?? 0,
    now,
    title: "Webhook",
    messages,
    call: (request) => (request.route === "POST /hook" ? { name: "hook", perform: () => receive(request) } : undefined),
    coded: (code) => jsonAnswer({ fault: "scripted" }, code),
  });
}
