import type { Alarm, NewAlarm, TransitionRecord } from "../delivery/delivery.js";
import type { Page, PageRequest } from "../page.js";

/** Every change of state, append-only. */
export interface AuditStore {
  /** Appends transitions; they are never changed. */
  add(records: readonly TransitionRecord[]): Promise<void>;
  /** Records of one row (for deliveries: of one batch or occurrence) in order of writing, at most `limit`. */
  list(
    tenantId: number,
    entity: TransitionRecord["entity"],
    entityId: number,
    limit: number,
  ): Promise<readonly TransitionRecord[]>;
}

/** Alarms, append-only save for who looks after them and addresses of people who are erased. */
export interface AlarmStore {
  /** Keeps an alarm. */
  add(alarm: NewAlarm): Promise<void>;
  /** Adds an alarm unless one of its code was raised for the same row. @returns true when it was added */
  addOnce(alarm: NewAlarm): Promise<boolean>;
  /** Alarms of all tenants after an id, by ascending id. */
  after(alarmId: number, limit: number): Promise<readonly Alarm[]>;
  /** Greatest id of all tenants; 0 without alarms. */
  lastId(): Promise<number>;
  /** By ascending id. */
  list(tenantId: number, page: PageRequest): Promise<Page<Alarm>>;
  /** Notes who looks after an alarm; of two the first stays. @returns the alarm as it is now; undefined: there is none */
  acknowledge(
    tenantId: number,
    alarmId: number,
    word: { readonly by: string; readonly at: number },
  ): Promise<Alarm | undefined>;
  /** Takes addresses of a person who is erased out of the alarms of a tenant. */
  forgetAddresses(tenantId: number, addresses: readonly string[]): Promise<void>;
}

/** Settings of the installation and of tenants. */
export interface ConfigStore {
  /** `tenantId` 0 is the installation. */
  get(tenantId: number, key: string): Promise<string | undefined>;
  /** Writes unless the key exists. @returns the value that now stands */
  putIfAbsent(tenantId: number, key: string, value: string): Promise<string>;
  /** Sets a value of a merchant; replaces the one before. */
  put(tenantId: number, key: string, value: string): Promise<void>;
}

/** An image as it is kept, under the hash of its bytes. */
export interface StoredMedia {
  /** 64 hex digits. */
  readonly sha256: string;
  /** `image/jpeg` or `image/png`. */
  readonly contentType: string;
  /** The file. */
  readonly bytes: Uint8Array;
}

/** Images by content hash. */
export interface MediaStore {
  /** A repeat of the same bytes changes nothing. */
  put(tenantId: number, media: StoredMedia, at: number): Promise<void>;
  /** A file by its hash. */
  get(tenantId: number, sha256: string): Promise<StoredMedia | undefined>;
}
