import * as z from "zod";
import { requiredText } from "../customer/customer-schema.js";
import { type AlarmMute, acknowledgeAlarm, muteAlarms, mutedAlarms } from "../delivery/alarm-mutes.js";
import type { Alarm } from "../delivery/delivery.js";
import type { EngineContext } from "../engine/engine-context.js";
import { idSchema } from "../input.js";
import { type InstantInput, instantSchema } from "../instant.js";
import { type Listing, type PageOptions, type PageRequest, pageFields } from "../page.js";
import type { checkedCalls } from "./checked-call.js";
import type { listingsOf } from "./listings.js";

/** What there is to say about alarms. */
export interface AlarmKit extends Listing<PageOptions, Alarm> {
  /** Somebody looks after an alarm; of two the first stays. @throws {NotFoundError} `alarm.not-found` */
  acknowledge(id: number, by: string): Promise<Alarm>;
  /** Alarms of a code are handed to nobody until an instant; one that is over ends it. @returns what is muted now */
  mute(mute: {
    readonly code: string;
    readonly until: InstantInput;
    readonly by: string;
  }): Promise<readonly AlarmMute[]>;
  /** What is muted now, by code. */
  muted(): Promise<readonly AlarmMute[]>;
}

const muteSchema = z.strictObject({ code: requiredText(255), until: instantSchema, by: requiredText(255) });

/** {@link AlarmKit} over the stores of a tenant. */
export function alarmKit(
  context: EngineContext & { readonly tenantId: number },
  call: ReturnType<typeof checkedCalls>,
  listing: ReturnType<typeof listingsOf>,
): AlarmKit {
  const { stores, tenantId } = context;
  return {
    ...listing<PageOptions, PageRequest, Alarm>(z.strictObject(pageFields), (how) => stores.alarms.list(tenantId, how)),
    acknowledge: call(
      [
        ["id", idSchema],
        ["by", requiredText(255)],
      ],
      (id, by) => acknowledgeAlarm(context, id, by),
    ),
    mute: call<[mute: Parameters<AlarmKit["mute"]>[0]], readonly AlarmMute[]>([["", muteSchema]], (mute) =>
      // The schema makes epoch ms of the instant.
      muteAlarms(context, mute as AlarmMute),
    ),
    muted: call([], () => mutedAlarms(context)),
  };
}
