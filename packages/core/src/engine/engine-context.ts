import type { Clock } from "../clock.js";
import type { FrequencyCaps } from "../contact/frequency-cap.js";
import type { QuietHours } from "../contact/quiet-hours.js";
import type { Ids } from "../ids.js";
import type { LinkKeys } from "../link/link-keys.js";
import type { LinkPlace } from "../link/link-place.js";
import type { Logger } from "../logger.js";
import type { AlertSink } from "../ports/alert-sink.js";
import type { Channel } from "../ports/channel.js";
import type { Leases } from "../ports/leases.js";
import type { PersonData } from "../ports/person-data.js";
import type { Stores } from "../ports/stores.js";
import type { WorkAnnouncement } from "../ports/work-queue.js";
import type { Random } from "../random.js";
import { type Bell, silentBell } from "./bell.js";
import type { Breakers } from "./breaker.js";
import type { CallWatch } from "./call-watch.js";
import type { ElasticPool } from "./elastic-pool.js";
import type { KitEvent } from "./events.js";
import type { Timings } from "./timings.js";

/** Of calls inside a transaction that is somebody else's: nobody hears of what may be rolled back. */
export const UNHEARD: Pick<EngineContext, "bell" | "messageBell" | "announce" | "emit"> = {
  bell: silentBell,
  messageBell: silentBell,
  announce: () => {},
  emit: () => {},
};

/** What every step of the engine works with. */
export interface EngineContext {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly timings: Timings;
  /** Of the installation, for tenants that set none of their own. */
  readonly caps: FrequencyCaps;
  /** Of the installation: permitted hours of marketing messages by channel. */
  readonly quietHours: "off" | QuietHours;
  /** Order statuses that count, of the installation, for tenants that set none of their own. */
  readonly statuses: readonly string[];
  /** Provider calls of one kind in flight at once. */
  readonly concurrency: number;
  /** Names this worker in leases. */
  readonly owner: string;
  readonly bell: Bell;
  /** Rings for messages of templates alone: there may be thousands a second, and no other work follows from them. */
  readonly messageBell: Bell;
  /** Tells other processes of messages that were accepted; never fails. */
  announce(work: WorkAnnouncement): void;
  /** Slots for calls for messages of templates. */
  readonly messagePool: ElasticPool;
  readonly breakers: Breakers;
  /** Aborted when open provider calls must end. */
  readonly callSignal: AbortSignal;
  /** Tells open provider calls that their time is over. */
  readonly calls: CallWatch;
  channels(tenantId: number): Promise<readonly Channel[]>;
  channel(tenantId: number, name: string): Promise<Channel | undefined>;
  /** Has the channels of a tenant made anew, for example since its credentials are refused. */
  forgetChannels(tenantId?: number): void;
  /** Key of look-up markers of a tenant. */
  markerKey(tenantId: number): Promise<Uint8Array>;
  /** Keys of a tenant's links. */
  linkKeys(tenantId: number): Promise<LinkKeys>;
  /** Where the pages of links are; undefined: there are none. */
  readonly links: LinkPlace | undefined;
  emit(event: KitEvent): void;
  /** By which processes leave each other work that one of them is enough for. */
  readonly leases: Leases;
  /** Rows about people that the application keeps. */
  readonly personData: readonly PersonData[];
  /** Where alarms go beside the ledger. */
  readonly alerts: AlertSink | undefined;
}
