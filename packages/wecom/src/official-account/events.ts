import type { CallbackFacts, MemberMessage, OtherEvent } from "../callback/events.js";

/** What a follower did. `fromUserName` is their openid. */
export type FollowerEvent = CallbackFacts &
  (
    | {
        /** By a QR code of a campaign `sceneKey` is its scene, without the platform's `qrscene_`. */
        readonly kind: "subscribe";
        readonly sceneKey?: string;
        readonly ticket?: string;
      }
    | { readonly kind: "unsubscribe" }
    | {
        /** A follower scanned a QR code of a campaign. */
        readonly kind: "scan";
        readonly sceneKey: string;
        readonly ticket?: string;
      }
    | { readonly kind: "click" | "view"; readonly eventKey: string }
  );

/** What became of a message. */
export type SentEvent = CallbackFacts & { readonly messageId: string } & (
    | {
        /** A template message: delivered, or why not (`user block`, `system failed`, `freq limit`). */
        readonly kind: "template_sent";
        readonly isDelivered: boolean;
        readonly reason: string | null;
      }
    | {
        /** A mass message has gone out; receivers are counted, not named. */
        readonly kind: "mass_sent";
        /** `send success`, `send fail`, `err(…)`. */
        readonly status: string;
        readonly total: number;
        /** Left after blocked and over-quota receivers. */
        readonly filtered: number;
        readonly sent: number;
        readonly failed: number;
      }
  );

/** Everything that an official account tells by callback. Messages are those of followers; short videos are videos. */
export type OfficialAccountCallback = MemberMessage | FollowerEvent | SentEvent | OtherEvent;
