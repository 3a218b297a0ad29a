import type { Clock } from "@recallkit/core";

/** A message that really went out. */
export interface SentMessage {
  readonly kind: "customer" | "template" | "mass";
  readonly id: string;
  /** Who got it; receivers of a mass message who were left out are not among them. */
  readonly openids: readonly string[];
  /** Of a template message its values, a line each, `name：value`. */
  readonly text: string | undefined;
  readonly at: number;
}

/** Somebody who follows the account. */
export interface Follower {
  /** Epoch ms of the latest message to the account; undefined: none. */
  wroteAt: number | undefined;
  /** Customer messages since then. */
  answered: number;
  /** Mass messages by month, `2026-05`. */
  readonly massByMonth: Map<string, number>;
}

/** The account as it really is. */
export interface AccountWorld {
  readonly appId: string;
  readonly secret: string;
  readonly templates: ReadonlySet<string>;
  readonly clock: Clock;
  readonly followers: Map<string, Follower>;
  readonly sent: SentMessage[];
  /** Mass messages by their `clientmsgid`. */
  readonly keyed: Map<string, { readonly id: string; readonly at: number }>;
  readonly templateKeys: Map<string, string>;
  readonly tokens: Map<string, { expiresAt: number; isRevoked: boolean }>;
  token: string | undefined;
  forcedAt: number | undefined;
  menu: unknown;
  readonly listeners: Set<(event: Readonly<Record<string, string | number>>) => void>;
  /** Ids are wider than numbers of JavaScript. */
  lastId: bigint;
}

/** A refusal as the platform writes it. */
export class AccountRefusal extends Error {
  /** @param errcode non-zero. @param more fields of the answer beside it */
  constructor(
    readonly errcode: number,
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(`errcode ${errcode}`);
    this.name = "AccountRefusal";
  }
}

/** A new id of a message. */
export function nextId(world: AccountWorld): string {
  world.lastId += 1n;
  return world.lastId.toString();
}

/** Tells listeners, as the platform tells by callbacks. */
export function tell(world: AccountWorld, event: Readonly<Record<string, string | number>>): void {
  for (const listener of world.listeners) listener({ CreateTime: Math.floor(world.clock.now() / 1000), ...event });
}
