import type { SegmentInput } from "../audience/segment-input.js";
import type { CouponId } from "../id.js";
import type { IsoWeekday, LocalDate, LocalTime } from "../local-time.js";
import type { MessageContent } from "./content.js";

/** One nominal time of the week. */
export interface ScheduleSlotInput {
  /** 1 = Monday … 7 = Sunday. */
  readonly weekday: IsoWeekday;
  /** `HH:mm`, 00:00 … 23:59, wall time of the rule's zone. */
  readonly time: LocalTime;
}

/** Frequency caps as a rule or a tenant sets them; what is absent stays as it is set further up. */
export interface FrequencyCapsInput {
  /** Most messages per person and calendar day, 1 … 1000. */
  readonly maxPerDay?: number | null | undefined;
  /** Most messages per person in any 7 days, 1 … 1000. */
  readonly maxPerWeek?: number | null | undefined;
  /** Least time between two messages to a person, hours, 0 … 8760. */
  readonly minGapHours?: number | null | undefined;
}

/** When people are told that a push goes wrong. */
export interface AlertInput {
  /** Failed ÷ pushed, 0 … 1, above which an alarm is raised. @default 0.2 */
  readonly failureRate?: number | null | undefined;
  /** People pushed before the rate is looked at, 1 … 1 000 000. @default 20 */
  readonly minPeople?: number | null | undefined;
}

/** A rule: who is meant, what they are told, and when. */
export interface RuleInput {
  /** One line of 1 … 255 characters, unique among the tenant's rules that are not deleted. */
  readonly name: string;
  /** Who is meant. */
  readonly segment: SegmentInput;
  /** When it fires, at most 168 times a week, none twice. @default []: only by hand */
  readonly slots?: readonly ScheduleSlotInput[] | null | undefined;
  /** First local day on which it may fire, `YYYY-MM-DD`. */
  readonly validFrom: LocalDate;
  /** Last local day on which it may fire, `YYYY-MM-DD`. */
  readonly validTo: LocalDate;
  /** IANA zone of slots and days, for example `Asia/Shanghai`. @default the tenant's */
  readonly timeZone?: string | null | undefined;
  /** What it says: at least one part. */
  readonly content: MessageContent;
  /** Values, up to 1 000 characters, of `{{variables}}` beside the built-in ones; defaults for people who have none of a personal one. @default {} */
  readonly variables?: Readonly<Record<string, string>> | null | undefined;
  /** `marketing` obeys frequency caps; `transactional` does not, and must be asked for. @default "marketing" */
  readonly messageClass?: "marketing" | "transactional" | null | undefined;
  /** Caps of this rule; of each part the stricter of rule and tenant holds. @default the tenant's */
  readonly caps?: FrequencyCapsInput | null | undefined;
  /** Name of the channel that carries it, 1 … 64 characters. @default the first of `channels`, else the only one that is configured */
  readonly channel?: string | null | undefined;
  /**
   * Names of channels in the order in which they are tried, 1 … 4, none twice: whoever certainly gets no message by one of them
   * is handed to the next one. The first is `channel`. @default `channel` alone
   */
  readonly channels?: readonly string[] | null | undefined;
  /** What channels behind the first say, by their name, with the same variables. @default `content` */
  readonly contents?: Readonly<Record<string, MessageContent>> | null | undefined;
  /**
   * How long staff may leave a message unconfirmed, ms, 1 min … 7 days and less than `expireAfterMs`: then it is called off at the
   * provider, and its people are handed to the next channel. @default null: for as long as they like
   */
  readonly fallBackAfterMs?: number | null | undefined;
  /** How late an occurrence may begin and still run, ms, 10 s … 24 h. @default 3_600_000: an hour */
  readonly catchUpMs?: number | null | undefined;
  /** How long after its nominal time a batch may still go out, ms, 1 min … 7 days. @default 86_400_000: a day */
  readonly expireAfterMs?: number | null | undefined;
  /** What happens at a slot while an earlier occurrence still sends. @default "skip" */
  readonly overlap?: "skip" | "allow" | null | undefined;
  /** What follows an outcome that nobody can find out: a person decides, or it is sent again. @default "hold" */
  readonly onUnknown?: "hold" | "resend" | null | undefined;
  /** Least time between two batches of one occurrence, ms, 0 … 1 h. @default 0 */
  readonly batchPauseMs?: number | null | undefined;
  /** Id of a coupon that can be claimed by the links of its messages. @default none */
  readonly coupon?: CouponId | null | undefined;
  /** Days until a link of its messages is over, 1 … 365. @default the installation's */
  readonly linkExpiresAfterDays?: number | null | undefined;
  /** When people are told that it goes wrong; null says never, here alone it is not the same as absent. @default {} */
  readonly alert?: AlertInput | null | undefined;
}
