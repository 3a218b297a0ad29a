import { AccountRefusal, type AccountWorld, nextId, tell } from "./world.js";

type Fields = Readonly<Record<string, unknown>>;

/** What a call does with a valid token. @throws {AccountRefusal} */
export type AccountCall = (world: AccountWorld, body: Fields) => Fields;

const HOUR_MS = 3_600_000;
const WINDOW_MS = 48 * HOUR_MS;
const MOST_ANSWERS = 5;
const KEY_MS = 24 * HOUR_MS;
const MOST_RECEIVERS = 10_000;
/** Mass messages that one follower of a service account gets in a month. */
const MASS_A_MONTH = 4;
const MAX_TEXT_BYTES = 2048;

/** Calls with a token, by method and path below `/cgi-bin/`. */
export const ACCOUNT_CALLS: Readonly<Record<string, AccountCall>> = {
  "POST message/custom/send": sendCustomer,
  "POST message/template/send": sendTemplate,
  "POST message/mass/send": sendMass,
  "POST message/mass/get": (world, body) => {
    if (!world.sent.some(({ kind, id }) => kind === "mass" && id === String(body.msg_id)))
      throw new AccountRefusal(40059);
    return { msg_id: body.msg_id, msg_status: "SEND_SUCCESS" };
  },
  "POST menu/create": (world, { button }) => {
    world.menu = { button: checkedButtons(button, 3) };
    return {};
  },
  "GET menu/get": ({ menu }) => {
    if (menu === undefined) throw new AccountRefusal(46003);
    return { menu };
  },
  "GET menu/delete": (world) => {
    world.menu = undefined;
    return {};
  },
};

function sendCustomer(world: AccountWorld, body: Fields): Fields {
  const openid = openidOf(body);
  const text = textOf(body);
  const now = world.clock.now();
  const follower = world.followers.get(openid);
  if (follower?.wroteAt === undefined || now - follower.wroteAt > WINDOW_MS) throw new AccountRefusal(45015);
  if (follower.answered >= MOST_ANSWERS) throw new AccountRefusal(45047);
  follower.answered += 1;
  world.sent.push({ kind: "customer", id: nextId(world), openids: [openid], text, at: now });
  return {};
}

function sendTemplate(world: AccountWorld, body: Fields): Fields {
  const openid = openidOf(body);
  const { template_id, data, client_msg_id } = body;
  if (typeof template_id !== "string" || !world.templates.has(template_id)) throw new AccountRefusal(40037);
  if (!world.followers.has(openid)) throw new AccountRefusal(43004);
  const values = Object.entries(isFields(data) ? data : {});
  for (const [name, value] of values) {
    const given = isFields(value) ? value.value : undefined;
    // The kinds of fields limit their values, in characters.
    const most = name.startsWith("thing") ? 20 : 255;
    if (typeof given !== "string" || [...given].length > most) throw new AccountRefusal(47003);
  }
  if (values.length === 0) throw new AccountRefusal(47003);
  const key = typeof client_msg_id === "string" ? client_msg_id : undefined;
  const before = key === undefined ? undefined : world.templateKeys.get(key);
  if (before !== undefined) return { msgid: before };
  const id = nextId(world);
  if (key !== undefined) world.templateKeys.set(key, id);
  const text = values.map(([name, value]) => `${name}：${isFields(value) ? value.value : ""}`).join("\n");
  world.sent.push({ kind: "template", id, openids: [openid], text, at: world.clock.now() });
  tell(world, { FromUserName: openid, Event: "TEMPLATESENDJOBFINISH", MsgID: id, Status: "success" });
  return { msgid: id };
}

function sendMass(world: AccountWorld, body: Fields): Fields {
  const { touser, clientmsgid } = body;
  if (!Array.isArray(touser) || touser.some((one) => typeof one !== "string")) throw new AccountRefusal(40032);
  if (touser.length < 2) throw new AccountRefusal(40130);
  if (touser.length > MOST_RECEIVERS) throw new AccountRefusal(40032);
  const text = textOf(body);
  const now = world.clock.now();
  const key = typeof clientmsgid === "string" && clientmsgid !== "" ? clientmsgid : undefined;
  if (key !== undefined && Buffer.byteLength(key) > 64) throw new AccountRefusal(45067);
  const before = key === undefined ? undefined : world.keyed.get(key);
  if (before && now - before.at < KEY_MS) throw new AccountRefusal(45065, { msg_id: before.id });
  const month = new Date(now).toISOString().slice(0, 7);
  const openids = [...new Set(touser as readonly string[])].filter((openid) => {
    const follower = world.followers.get(openid);
    const count = follower?.massByMonth.get(month) ?? 0;
    follower?.massByMonth.set(month, count + 1);
    return follower !== undefined && count < MASS_A_MONTH;
  });
  if (openids.length === 0) throw new AccountRefusal(40003);
  const id = nextId(world);
  if (key !== undefined) world.keyed.set(key, { id, at: now });
  world.sent.push({ kind: "mass", id, openids, text, at: now });
  const counts = { TotalCount: touser.length, FilterCount: openids.length, SentCount: openids.length, ErrorCount: 0 };
  tell(world, { FromUserName: "sys", Event: "MASSSENDJOBFINISH", MsgID: id, Status: "send success", ...counts });
  return { msg_id: id, msg_data_id: nextId(world) };
}

function openidOf({ touser }: Fields): string {
  if (typeof touser !== "string" || touser === "") throw new AccountRefusal(40003);
  return touser;
}

function textOf({ msgtype, text }: Fields): string | undefined {
  if (msgtype !== "text") throw new AccountRefusal(40008);
  const content = isFields(text) ? text.content : undefined;
  if (typeof content !== "string" || content === "") throw new AccountRefusal(44004);
  if (Buffer.byteLength(content) > MAX_TEXT_BYTES) throw new AccountRefusal(45002);
  return content;
}

function checkedButtons(buttons: unknown, most: number): unknown {
  if (!Array.isArray(buttons) || buttons.length === 0 || buttons.length > most) throw new AccountRefusal(40016);
  for (const button of buttons) {
    if (!isFields(button) || typeof button.name !== "string" || button.name === "") throw new AccountRefusal(40018);
    if (Buffer.byteLength(button.name) > (most === 3 ? 16 : 60)) throw new AccountRefusal(40018);
    const below = button.sub_button;
    if (Array.isArray(below) && below.length > 0) checkedButtons(below, 5);
    else if (typeof button.type !== "string") throw new AccountRefusal(40019);
  }
  return buttons;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
