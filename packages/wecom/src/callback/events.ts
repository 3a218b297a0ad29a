/** What every callback of WeCom tells. */
export interface CallbackFacts {
  /** Corpid, or the suiteid for third parties. */
  readonly toUserName: string;
  /** Userid of the member who wrote or clicked; `sys` for what happens to external contacts. */
  readonly fromUserName: string;
  /** Epoch ms; WeCom tells whole seconds. */
  readonly createdAt: number;
  /** The app, where one is concerned. */
  readonly agentId?: string;
  /** The text of every element that has no others in it, by the provider's own names; nothing is turned into a number. */
  readonly fields: Readonly<Record<string, string>>;
}

/** A message that a member wrote to the app. */
export type MemberMessage = CallbackFacts & { readonly messageId: string } & (
    | { readonly kind: "text"; readonly content: string }
    | { readonly kind: "image"; readonly picUrl: string; readonly mediaId: string }
    | { readonly kind: "voice"; readonly mediaId: string; readonly format: string }
    | { readonly kind: "video"; readonly mediaId: string; readonly thumbMediaId: string }
    | {
        readonly kind: "location";
        /** Degrees. */
        readonly latitude: number;
        readonly longitude: number;
        readonly scale: number;
        readonly label: string;
      }
    | { readonly kind: "link"; readonly title: string; readonly description: string; readonly url: string }
  );

/** What a member did in the app. */
export type MemberEvent = CallbackFacts &
  (
    | { readonly kind: "subscribe" | "unsubscribe" | "enter_agent" }
    | { readonly kind: "click" | "view"; readonly eventKey: string }
    | {
        readonly kind: "template_card_event";
        readonly taskId: string;
        readonly eventKey: string;
        readonly responseCode: string;
      }
  );

/** A member and an external contact. */
export interface Relation {
  /** The member. */
  readonly userId: string;
  readonly externalUserId: string;
}

/**
 * What happened between a member and an external contact.
 *
 * @see https://developer.work.weixin.qq.com/document/path/92130
 */
export type ContactEvent = CallbackFacts &
  Relation &
  (
    | {
        /** `add_half_external_contact`: the member need not confirm, and has not yet. */
        readonly kind: "add_external_contact" | "add_half_external_contact";
        /** `state` of the contact way, or the channel of an acquisition link. */
        readonly state?: string;
        /** Lets a welcome message be sent for 20 s, once. */
        readonly welcomeCode?: string;
      }
    | { readonly kind: "edit_external_contact" }
    | {
        /** The member deleted the contact. */
        readonly kind: "del_external_contact";
        /** `DELETE_BY_TRANSFER`: the contact went over to another member. */
        readonly source?: string;
      }
    | {
        /** The contact deleted the member. */
        readonly kind: "del_follow_user";
      }
    | {
        readonly kind: "transfer_fail";
        /** `customer_refused`, `customer_limit_exceed`. */
        readonly failReason: string;
      }
    | {
        /** The contact agreed that the chat is archived. */
        readonly kind: "msg_audit_approved";
        readonly welcomeCode?: string;
      }
  );

/** What happened to a customer group. */
export type GroupChatEvent = CallbackFacts & { readonly chatId: string } & (
    | { readonly kind: "chat_create" | "chat_dismiss" }
    | {
        readonly kind: "chat_update";
        /** `add_member`, `del_member`, `change_owner`, `change_name`, `change_notice`. */
        readonly updateDetail: string;
        /** Members who came or went, as far as they are told. */
        readonly members: readonly string[];
        /** Versions of the member list before and after; a gap tells of an event that was lost. */
        readonly lastMemberVersion?: string;
        readonly currentMemberVersion?: string;
      }
  );

/** What happened to the corp's tags. */
export type TagEvent = CallbackFacts &
  (
    | {
        readonly kind: "tag_create" | "tag_update" | "tag_delete";
        readonly id: string;
        /** Deleting a group sends no event for the tags in it. */
        readonly tagType: "tag" | "tag_group";
      }
    | {
        readonly kind: "tag_shuffle";
        /** The group whose order changed; absent for all groups. */
        readonly id?: string;
      }
  );

/** News that have to be fetched. */
export type NewsEvent = CallbackFacts &
  (
    | {
        /** Messages of 微信客服 wait; `token` makes fetching them cheap for ten minutes. */
        readonly kind: "kf_msg_or_event";
        readonly openKfId: string;
        readonly token: string;
      }
    | {
        /** Archived chats wait. */
        readonly kind: "msgaudit_notify";
      }
  );

/** Anything else, also what lacks a field that its kind must have: see `fields`. */
export type OtherEvent = CallbackFacts & {
  readonly kind: "other";
  readonly messageType: string;
  readonly event?: string;
  readonly changeType?: string;
};

/** Everything that WeCom tells by callback. */
export type WecomCallback =
  | MemberMessage
  | MemberEvent
  | ContactEvent
  | GroupChatEvent
  | TagEvent
  | NewsEvent
  | OtherEvent;
