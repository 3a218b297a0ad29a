import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as z from "zod";
import type { NewContact, SimulatorControl } from "./control.js";
import { type FaultScript, faultSchema } from "./faults.js";
import type { Ledger, LedgerDelivery } from "./ledger.js";
import { readBody } from "./request-body.js";
import { sendJson } from "./respond.js";
import type { World } from "./state.js";

/** What the admin API works on. */
export interface AdminContext {
  readonly world: World;
  readonly faults: FaultScript;
  readonly ledger: Ledger;
  readonly control: SimulatorControl;
}

const faultsBody = z.union([faultSchema, z.array(faultSchema)]);
const confirmBody = z.strictObject({
  msgid: z.string().optional(),
  userid: z.string().optional(),
  selection: z.array(z.string()).optional(),
});
const contactBody = z.strictObject({
  userid: z.string().min(1),
  externalUserid: z.string().min(1),
  name: z.string().exactOptional(),
  unionid: z.string().exactOptional(),
  remarkMobiles: z.array(z.string()).exactOptional(),
  state: z.string().exactOptional(),
  addWay: z.int().exactOptional(),
  corpId: z.string().exactOptional(),
});
const relationBody = z.strictObject({
  userid: z.string(),
  externalUserid: z.string(),
  by: z.enum(["customer", "employee"]),
  corpId: z.string().optional(),
});
const kfBody = z.strictObject({
  openKfid: z.string(),
  externalUserid: z.string(),
  text: z.string(),
  corpId: z.string().optional(),
});
const followersBody = z.strictObject({
  externalUserid: z.string().min(1),
  followers: z.array(z.string()),
  corpId: z.string().optional(),
});

/** What an admin call answers; `body` is the request's JSON. */
type AdminHandler = (context: AdminContext, body: unknown) => unknown;

const handlers: ReadonlyMap<string, AdminHandler> = new Map<string, AdminHandler>([
  ["GET ledger", ({ ledger }) => ledgerJson(ledger)],
  ["GET figures", ({ ledger }) => ledger.figures()],
  ["GET faults", ({ faults }) => faults.waiting()],
  ["POST faults", ({ faults }, body) => addFaults(faults, body)],
  ["DELETE faults", ({ faults }) => clearFaults(faults)],
  ["POST faults/release", ({ faults }) => ({ released: faults.release() })],
  ["POST confirm", ({ control }, body) => confirm(control, body)],
  ["POST customers", ({ control }, body) => ({ welcome_code: control.addCustomer(newContact(body)) })],
  ["POST customers/delete", ({ control }, body) => deleteRelation(control, body)],
  ["POST kf/messages", ({ control }, body) => writeToKf(control, body)],
  ["POST followers", (context, body) => changeFollowers(context, body)],
]);

/**
 * The admin API under `/__simulator/`, for scripts that can't reach the object.
 *
 * | call | does |
 * |---|---|
 * | `GET ledger` | figures, tasks, tokens, uploads and calls as JSON |
 * | `GET figures` | the sums alone |
 * | `GET deliveries[?msgid=…]` | every customer of every task, or of one: one JSON object per line |
 * | `GET faults`, `POST faults` (one or a list), `DELETE faults` | read, extend, clear the script |
 * | `POST faults/release` | lets calls go on that `late` holds |
 * | `POST confirm {msgid?, userid?, selection?}` | members press "send"; without `msgid` all of them, everywhere |
 * | `POST customers {userid, externalUserid, name?, unionid?, remarkMobiles?, state?}` | a customer adds a member; answers the welcome code |
 * | `POST customers/delete {userid, externalUserid, by}` | one deletes the other; `by` is `customer` or `employee` |
 * | `POST kf/messages {openKfid, externalUserid, text}` | a customer writes to a service account |
 * | `POST followers {externalUserid, followers, corpId?}` | changes who follows a customer; `[]` = nobody |
 *
 * 400 with `{error}` for a bad body, 404 for an unknown path.
 */
export async function answerAdminCall(
  context: AdminContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const body = await readBody(request, 10 * 1024 * 1024);
  const name = `${request.method} ${url.pathname.slice("/__simulator/".length)}`;
  if (name === "GET deliveries") {
    return streamDeliveries(context.ledger.deliveries(url.searchParams.get("msgid") ?? undefined), response);
  }
  const handler = handlers.get(name);
  if (handler === undefined) return sendJson(response, { error: `unknown admin call: ${name}` }, 404);
  try {
    sendJson(
      response,
      handler(context, body === undefined || body.length === 0 ? {} : JSON.parse(body.toString("utf8"))),
    );
  } catch (error) {
    sendJson(response, { error: error instanceof Error ? error.message : String(error) }, 400);
  }
}

function ledgerJson(ledger: Ledger): unknown {
  const { tasks, tokens, uploads, calls } = ledger;
  return { figures: ledger.figures(), tasks, tokens, uploads, calls };
}

function addFaults(faults: FaultScript, body: unknown): unknown {
  const parsed = faultsBody.parse(body);
  faults.push(...(Array.isArray(parsed) ? parsed : [parsed]));
  return faults.waiting();
}

function clearFaults(faults: FaultScript): unknown {
  faults.clear();
  return [];
}

function newContact(body: unknown): NewContact {
  return contactBody.parse(body);
}

function deleteRelation(control: SimulatorControl, body: unknown): unknown {
  const { userid, externalUserid, by, corpId } = relationBody.parse(body);
  const remove = by === "employee" ? control.employeeDeletes : control.customerDeletes;
  remove(userid, externalUserid, corpId);
  return { userid, externalUserid };
}

function writeToKf(control: SimulatorControl, body: unknown): unknown {
  const { openKfid, externalUserid, text, corpId } = kfBody.parse(body);
  return { msgid: control.customerWrites(openKfid, externalUserid, text, corpId) };
}

function confirm(control: SimulatorControl, body: unknown): unknown {
  const { msgid, userid, selection } = confirmBody.parse(body);
  if (msgid !== undefined) return { sent: control.confirm(msgid, userid, selection) };
  if (userid !== undefined || selection !== undefined)
    throw new RangeError("confirm: userid and selection need a msgid");
  return { sent: control.confirmAll() };
}

function changeFollowers(context: AdminContext, body: unknown): unknown {
  const { externalUserid, followers, corpId } = followersBody.parse(body);
  context.control.setFollowers(externalUserid, followers, corpId);
  return { externalUserid, followers };
}

async function streamDeliveries(deliveries: Iterable<LedgerDelivery>, response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "application/x-ndjson; charset=UTF-8" });
  await pipeline(Readable.from(lines(deliveries)), response);
}

function* lines(deliveries: Iterable<LedgerDelivery>): Generator<string> {
  for (const delivery of deliveries) yield `${JSON.stringify(delivery)}\n`;
}
