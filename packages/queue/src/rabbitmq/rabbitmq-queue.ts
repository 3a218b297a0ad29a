import { type Clock, ConfigError, ConflictError, type Logger, silentLogger, systemClock } from "@recallkit/core";
import {
  type ConsumeOptions,
  checkAnnouncements,
  createDrain,
  PRIORITY_CLASSES,
  PRIORITY_WEIGHTS,
  type PriorityClass,
  priorityClassOf,
  type QueueDepth,
  type WorkAnnouncement,
  type WorkQueue,
} from "@recallkit/core/ports";
import type { AsyncMessage, Connection, Consumer } from "rabbitmq-client";
import "../error-codes.js";
import { type Topology, topologyOf } from "./topology.js";

/** Where a RabbitMQ is, and how it is used. */
export interface RabbitmqQueueOptions {
  /** `amqp://user:password@host:port/vhost`, `amqps://` over TLS. */
  readonly url: string;
  /** First part of the names of queues and exchanges. @default "recallkit" */
  readonly prefix?: string;
  /** So often an announcement may come back before it is a dead letter, 1 … 1000. @default 20 */
  readonly deliveryLimit?: number;
  /** Longest wait for the broker, ms; also at the start, where a broker that is away is no error. @default 2000 */
  readonly timeoutMs?: number;
  /** @default says nothing */
  readonly logger?: Logger;
  readonly clock?: Pick<Clock, "sleep">;
}

/** A queue at a RabbitMQ. */
export interface RabbitmqQueue extends WorkQueue {
  /** Whether the broker takes announcements at present; without it work is found in the ledger. */
  readonly isConnected: boolean;
}

const PREFIX = /^[\w.-]{1,100}$/;
/** The broker is there, and lets nobody in. */
const ACCESS_REFUSED = "ACCESS_REFUSED";
/** A queue is there already with other arguments. */
const PRECONDITION_FAILED = "PRECONDITION_FAILED";
/** Taken ahead of a queue of weight 1: enough that a queue does not look empty while the next ones are on their way. */
const LEAST_AHEAD = 8;
const AGAIN = 1;
const DONE = 0;

/**
 * Announces work through RabbitMQ: four durable quorum queues, persistent messages, confirmed; acknowledged one by one when the
 * work is committed. A broker that is away, full or purged loses nothing: the ledger is swept.
 *
 * @throws {ConfigError} `config.missing` without the package `rabbitmq-client`; `config.invalid` for `prefix`, `deliveryLimit`,
 *   and for a `url` that is none or whose login is refused
 * @throws {ConflictError} `queue.arguments-differ`: a queue or exchange of this name has other arguments, as others have made it
 */
export async function openRabbitmqQueue(options: RabbitmqQueueOptions): Promise<RabbitmqQueue> {
  const { url, prefix = "recallkit", deliveryLimit = 20, timeoutMs = 2000 } = options;
  const { logger = silentLogger, clock = systemClock } = options;
  checkOptions({ url, prefix, deliveryLimit });
  const RabbitConnection = await driver();
  const topology = topologyOf(prefix, deliveryLimit);
  const connection = new RabbitConnection({
    url,
    // 40 ms for every small message otherwise.
    noDelay: true,
    connectionName: prefix,
    acquireTimeout: timeoutMs,
    connectionTimeout: timeoutMs,
    retryLow: 250,
    retryHigh: 5000,
  });
  // Every failure reaches a caller as well, or is found by the sweep; without a listener it would end the process.
  let fault: unknown;
  connection.on("error", (error) => {
    fault = error;
    logger.warn("queue.broker-away", { code: codeOf(error) });
  });
  const isThere = await within(timeoutMs, connection.onConnect(timeoutMs, true), clock);
  if (isThere) {
    try {
      await declare(connection, topology);
    } catch (cause) {
      connection.unsafeDestroy();
      if (codeOf(cause) === PRECONDITION_FAILED) throw otherArguments(prefix, cause);
      throw cause;
    }
  } else if (codeOf(fault) === ACCESS_REFUSED) {
    connection.unsafeDestroy();
    throw new ConfigError("config.invalid", "url", "RabbitMQ refuses the login of its URL", {
      hint: "check user, password and vhost",
      cause: fault,
    });
  } else logger.warn("queue.broker-away", { code: "timeout" });
  const { exchanges, queues, queueBindings } = copied(topology);
  const publisher = connection.createPublisher({ confirm: true, maxAttempts: 1, exchanges, queues, queueBindings });

  /** One message; false when nobody knows that the broker has it. */
  async function send({ kind, id, priority }: WorkAnnouncement): Promise<boolean> {
    const routingKey = topology.queueOf(priorityClassOf(priority));
    try {
      await publisher.send({ routingKey, durable: true, contentType: "application/json" }, { kind, id });
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (code === PRECONDITION_FAILED) logger.error("queue.arguments-differ", { prefix });
      else logger.debug("queue.not-announced", { code });
      return false;
    }
  }

  async function countOf(priorityClass: PriorityClass): Promise<number> {
    const { messageCount } = await connection.queueDeclare({ queue: topology.queueOf(priorityClass), passive: true });
    return messageCount;
  }

  return {
    get isConnected() {
      return connection.ready;
    },
    async announce(work) {
      checkAnnouncements(work);
      if (work.length === 0 || !connection.ready) return 0;
      let taken = 0;
      // Confirms come in any order; whoever waits too long goes on without them.
      const all = work.map(async (each) => {
        if (await send(each)) taken += 1;
      });
      await within(timeoutMs, Promise.all(all), clock);
      return taken;
    },
    async consume(consumeOptions) {
      return consumeAll(connection, topology, consumeOptions, logger);
    },
    async depth() {
      if (!connection.ready) return undefined;
      try {
        const counts = await Promise.all(PRIORITY_CLASSES.map(async (name) => [name, await countOf(name)] as const));
        // Every class has its count.
        return Object.fromEntries(counts) as unknown as QueueDepth;
      } catch {
        return undefined;
      }
    },
    async close() {
      const orderly = publisher.close().then(() => connection.close());
      orderly.catch(() => {});
      // Without a broker nothing is to be said to it, and its answer would never come.
      if (!connection.ready || !(await within(timeoutMs, orderly, clock))) connection.unsafeDestroy();
    },
  };
}

/** A consumer per queue, each with a bounded prefetch; turns are taken in this process. */
function consumeAll(
  connection: Connection,
  topology: Topology,
  options: ConsumeOptions,
  logger: Logger,
): { close(): Promise<void> } {
  const drain = createDrain(options);
  const consumers: Consumer[] = PRIORITY_CLASSES.map((priorityClass) => {
    const queue = topology.queueOf(priorityClass);
    const declaration = topology.queues.find((each) => each.queue === queue);
    const consumer = connection.createConsumer(
      {
        queue,
        qos: { prefetchCount: PRIORITY_WEIGHTS[priorityClass] * Math.max(options.concurrency, LEAST_AHEAD) },
        ...(declaration && { queueOptions: { ...declaration, arguments: { ...declaration.arguments } } }),
      },
      ({ body }: AsyncMessage) => {
        const work = announcementIn(body);
        // Not ours: it is done with.
        if (!work) return DONE;
        return new Promise<number>((settled) => {
          drain.offer(priorityClass, { ...work, settle: (outcome) => settled(outcome === "done" ? DONE : AGAIN) });
        });
      },
    );
    consumer.on("error", (error) => {
      const code = codeOf(error);
      if (code === PRECONDITION_FAILED) logger.error("queue.arguments-differ", { queue });
      else logger.warn("queue.broker-away", { code });
    });
    return consumer;
  });
  return {
    async close() {
      // What waits here goes back, so that the consumers have nothing to wait for but what is under way.
      const drained = drain.close();
      await Promise.all(consumers.map((consumer) => consumer.close()));
      await drained;
    },
  };
}

async function declare(connection: Connection, topology: Topology): Promise<void> {
  const { exchanges, queues, queueBindings } = copied(topology);
  for (const exchange of exchanges) await connection.exchangeDeclare(exchange);
  for (const queue of queues) await connection.queueDeclare(queue);
  for (const binding of queueBindings) await connection.queueBind(binding);
}

/** The client takes lists that it may change. */
function copied({ exchanges, queues, queueBindings }: Topology) {
  return {
    exchanges: exchanges.map((each) => ({ ...each })),
    queues: queues.map((each) => ({ ...each, arguments: { ...each.arguments } })),
    queueBindings: queueBindings.map((each) => ({ ...each })),
  };
}

function announcementIn(body: unknown): Pick<WorkAnnouncement, "kind" | "id"> | undefined {
  if (typeof body !== "object" || body === null || !("kind" in body) || !("id" in body)) return undefined;
  const { kind, id } = body;
  return typeof kind === "string" && Number.isSafeInteger(id) ? { kind, id: Number(id) } : undefined;
}

/** Whether a promise was fulfilled in time. */
async function within(ms: number, work: Promise<unknown>, clock: Pick<Clock, "sleep">): Promise<boolean> {
  const isOver = new AbortController();
  const late = clock.sleep(ms, isOver.signal).then(() => false);
  const inTime = work.then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([inTime, late]);
  } finally {
    isOver.abort();
  }
}

function otherArguments(prefix: string, cause: unknown): ConflictError {
  return new ConflictError("queue.arguments-differ", `a queue or exchange ${prefix}.* has other arguments`, {
    cause,
    hint: `delete the queues ${prefix}.* at RabbitMQ, which hold announcements only, or set another prefix`,
  });
}

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown";
}

function checkOptions({
  url,
  prefix,
  deliveryLimit,
}: Required<Pick<RabbitmqQueueOptions, "url" | "prefix" | "deliveryLimit">>) {
  if (!URL.canParse(url) || !/^amqps?:$/.test(new URL(url).protocol))
    throw new ConfigError("config.invalid", "url", "url must be amqp://user:password@host:port/vhost");
  if (!PREFIX.test(prefix)) throw new ConfigError("config.invalid", "prefix", "prefix must be a-z, 0-9, _, . and -");
  if (!Number.isInteger(deliveryLimit) || deliveryLimit < 1 || deliveryLimit > 1000)
    throw new ConfigError("config.invalid", "deliveryLimit", "deliveryLimit must be a whole number from 1 to 1000");
}

async function driver(): Promise<typeof Connection> {
  try {
    return (await import("rabbitmq-client")).Connection;
  } catch (cause) {
    throw new ConfigError("config.missing", "rabbitmq-client", "the package rabbitmq-client is not installed", {
      cause,
      hint: "npm install rabbitmq-client",
    });
  }
}
