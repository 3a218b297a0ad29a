import { confirmAll, confirmTask, settle } from "./confirm.js";
import type { SimulatedCustomer } from "./customers.js";
import type { CallbackEvent, Corp, World } from "./state.js";

/** A customer to add, and how. */
export interface NewContact extends SimulatedCustomer {
  /** Who is added. */
  readonly userid: string;
  /** `state` of the contact way that was used. */
  readonly state?: string;
  /** By what it was added, by WeCom's number. @default 1: a QR code */
  readonly addWay?: number;
  /** @default the only corp */
  readonly corpId?: string;
}

/** What happens in a service account. */
export interface KfNews {
  /** 3 a customer, 4 the system, 5 a member. */
  readonly origin: 3 | 4 | 5;
  /** @default nobody, as of events about the account */
  readonly externalUserid?: string;
  /** `image`, `voice`, `event` … */
  readonly msgtype: string;
  /** The part of its type, and whatever else WeCom tells with it. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Plays members and customers. Whatever is done here is told to listeners, as WeCom tells it by callbacks. */
export interface SimulatorControl {
  /**
   * Members press "send" on a task: one, or all who have not yet.
   *
   * @param selection the customers left selected; only for a task made with `allow_select`
   * @returns how many customers received the message just now
   * @throws {RangeError} for an unknown or cancelled task, or a member without a part in it
   */
  confirm(msgid: string, userid?: string, selection?: Iterable<string>): number;
  /** Every member of every open task presses "send"; returns how many customers received a message. */
  confirmAll(): number;
  /** Changes who follows a customer, telling nobody. Default corp: all of them. */
  setFollowers(externalUserid: string, followers: readonly string[], corpId?: string): void;
  /** A customer adds a member. @returns the code for a welcome message, good for 20 seconds */
  addCustomer(contact: NewContact): string;
  /** A customer deletes a member. */
  customerDeletes(userid: string, externalUserid: string, corpId?: string): void;
  /** A member deletes a customer. */
  employeeDeletes(userid: string, externalUserid: string, corpId?: string): void;
  /** A member changes remark, mobiles or tags of a customer. */
  employeeEdits(
    userid: string,
    externalUserid: string,
    notes: { readonly remark?: string; readonly remarkMobiles?: readonly string[] },
    corpId?: string,
  ): void;
  /** A customer writes a text to a service account. @returns the message's id */
  customerWrites(openKfid: string, externalUserid: string, text: string, corpId?: string): string;
  /** Anything else that happens in a service account: other types of messages, members who write, events. @returns its id */
  tellsKf(openKfid: string, told: KfNews, corpId?: string): string;
  /** Listens to what happens by this object; changes by the API are not told, as with WeCom. @returns ends it */
  onEvent(listener: (event: CallbackEvent) => void): () => void;
}

/** Control over a world. */
export function createControl(world: World): SimulatorControl {
  const tell = (corp: Corp, event: Readonly<Record<string, string | number>>) => {
    const message = { ToUserName: corp.corpId, CreateTime: Math.floor(world.now() / 1000), ...event };
    for (const listener of world.listeners) listener(message);
  };
  const change = (corp: Corp, ChangeType: string, UserID: string, ExternalUserID: string, more = {}) =>
    tell(corp, { Event: "change_external_contact", ChangeType, UserID, ExternalUserID, ...more });
  const tellsKf = (openKfid: string, { externalUserid = "", ...told }: KfNews, corpId?: string) => {
    const corp = corpOf(world, corpId);
    const account = corp.kfAccounts.find((one) => one.openKfid === openKfid);
    if (account === undefined) throw new RangeError(`${openKfid} is no service account`);
    const [msgid, Token] = [world.ids.next("", 32), world.ids.next("", 32)];
    account.received.push({ msgid, externalUserid, at: world.now(), ...told });
    account.tokens.set(Token, world.now());
    tell(corp, { Event: "kf_msg_or_event", Token, OpenKfId: openKfid });
    return msgid;
  };
  const unfollow = (kind: string, userid: string, externalUserid: string, corpId?: string) => {
    const corp = corpOf(world, corpId);
    settle(world);
    const followers = corp.customers.followersOf(externalUserid);
    if (!followers.includes(userid)) throw new RangeError(`${userid} does not follow ${externalUserid}`);
    corp.customers.setFollowers(
      externalUserid,
      followers.filter((follower) => follower !== userid),
    );
    change(corp, kind, userid, externalUserid);
  };

  return {
    confirm: (msgid, userid, selection) => confirmTask(world, msgid, userid, selection),
    confirmAll: () => confirmAll(world),
    setFollowers(externalUserid, followers, corpId) {
      settle(world);
      for (const corp of world.corps.values()) {
        if (corpId === undefined || corp.corpId === corpId) corp.customers.setFollowers(externalUserid, followers);
      }
    },
    addCustomer({ userid, state = "", addWay = 1, corpId, ...customer }) {
      const corp = corpOf(world, corpId);
      const { externalUserid } = customer;
      if (!corp.staff.has(userid)) throw new RangeError(`${userid} is no member`);
      settle(world);
      const before = corp.customers.followersOf(externalUserid).filter((follower) => follower !== userid);
      corp.customers.put({ ...customer, followers: [...before, userid] });
      corp.customers.begin(userid, externalUserid, { createdAt: world.now(), addWay, state });
      const code = world.ids.next("", 43);
      corp.welcomeCodes.set(code, { at: world.now(), userid, externalUserid, isUsed: false });
      change(corp, "add_external_contact", userid, externalUserid, {
        ...(state && { State: state }),
        WelcomeCode: code,
      });
      return code;
    },
    customerDeletes: (userid, externalUserid, corpId) => unfollow("del_follow_user", userid, externalUserid, corpId),
    employeeDeletes: (userid, externalUserid, corpId) =>
      unfollow("del_external_contact", userid, externalUserid, corpId),
    employeeEdits(userid, externalUserid, { remark, remarkMobiles }, corpId) {
      const corp = corpOf(world, corpId);
      const relation = corp.customers.relationOf(userid, externalUserid);
      if (relation === undefined) throw new RangeError(`${userid} does not follow ${externalUserid}`);
      if (remark !== undefined) relation.remark = remark;
      if (remarkMobiles !== undefined) relation.remarkMobiles = remarkMobiles;
      change(corp, "edit_external_contact", userid, externalUserid);
    },
    customerWrites: (openKfid, externalUserid, text, corpId) =>
      tellsKf(openKfid, { origin: 3, externalUserid, msgtype: "text", fields: { text: { content: text } } }, corpId),
    tellsKf,
    onEvent(listener) {
      world.listeners.add(listener);
      return () => world.listeners.delete(listener);
    },
  };
}

function corpOf(world: World, corpId: string | undefined): Corp {
  const [first] = world.corps.values();
  const corp = corpId === undefined ? first : world.corps.get(corpId);
  if (corp === undefined) throw new RangeError(`unknown corp ${corpId}`);
  return corp;
}
