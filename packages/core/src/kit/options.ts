import type { Clock } from "../clock.js";
import type { FrequencyCaps } from "../contact/frequency-cap.js";
import type { ChannelsOption } from "../engine/channel-shelf.js";
import type { ElasticPool } from "../engine/elastic-pool.js";
import type { Timings } from "../engine/timings.js";
import type { Ids } from "../ids.js";
import type { LinkOptions } from "../link/link.js";
import type { Logger } from "../logger.js";
import type { AlertSink } from "../ports/alert-sink.js";
import type { Leases } from "../ports/leases.js";
import type { PersonData } from "../ports/person-data.js";
import type { Stores } from "../ports/stores.js";
import type { WorkQueue } from "../ports/work-queue.js";
import type { Random } from "../random.js";
import type { Retention } from "./retained.js";
/** Options of `createRecallKit`; all have defaults, so `createRecallKit()` works in memory and sends nothing. */
export interface RecallKitOptions<S extends Stores = Stores> {
  /** @default memory stores, with a warning: nothing survives the process */
  readonly stores?: S;
  /** Channels of every tenant, or of the tenant asked for. @default none: rules can be planned, nothing is sent */
  readonly channels?: ChannelsOption;
  /** @default the system's */
  readonly clock?: Clock;
  /** Source of chance. @default the system's */
  readonly random?: Random;
  /** Source of random ids. @default the system's */
  readonly ids?: Ids;
  /** @default warnings and errors as JSON lines on standard error */
  readonly logger?: Logger;
  /** At least 32 characters; markers, links and credential keys derive from it. @default made on first use and kept in the stores, with a warning */
  readonly secretKey?: string;
  /** Secrets used before, so that links and codes made with them stay good. @default none */
  readonly previousSecretKeys?: readonly string[];
  /** Where the pages of links are. @default none: content with a link is refused */
  readonly links?: LinkOptions;
  /** Only those given differ from the defaults. @default DEFAULT_TIMINGS */
  readonly timings?: Partial<Timings>;
  /** Of tenants that set none of their own; `"off"` lets everybody get every message. @default 1 a day, 3 a week, 48 h apart */
  readonly caps?: Partial<FrequencyCaps> | "off";
  /** `"off"` lets marketing messages go out at all hours, for tests. @default sms 08:00 … 20:00, and what tenants set */
  readonly quietHours?: "off";
  /** Order statuses that count as a purchase, of tenants that set none of their own. @default paid, shipped, completed, partially_refunded */
  readonly countedStatuses?: readonly string[];
  /** Provider calls of one kind in flight at once, 1 … 64. @default 4 */
  readonly concurrency?: number;
  /** Tells other processes of accepted messages at once; a hint, the ledger is polled as well. @default what the stores have for it */
  readonly queue?: WorkQueue;
  /** Calls for messages of templates in flight at once, 1 … 10 000, or the slots of a pool that grows and shrinks. @default 100 */
  readonly messagesInFlight?: number | ElasticPool;
  /** Days for which the change feed, transitions and alarms are kept, links after they are over, traces, and messages that are over; `retain` removes what is older. @default 7, 180, 180, 180, 7, 180 */
  readonly retention?: Partial<Retention>;
  /** Rows about people that the application keeps beside the ledger; exports show them, erasures reach them. @default none */
  readonly personData?: readonly PersonData<NoInfer<S>>[];
  /** Where alarms go beside the ledger; they are handed on while `run` works. @default nowhere */
  readonly alerts?: AlertSink;
  /**
   * Shared by several processes, it lets one of them at a time hand alarms on and remove what has outlived its time.
   *
   * @default memory: of this process only
   */
  readonly leases?: Leases;
  /** Aborting it stops `run` and closes nothing else. */
  readonly signal?: AbortSignal;
}
