import { PRIORITY_CLASSES, type PriorityClass } from "@recallkit/core/ports";

/** What lies at the broker. */
export interface Topology {
  /** Name of the queue of a class. */
  queueOf(priorityClass: PriorityClass): string;
  /** Every queue with its arguments, the one for dead letters too. */
  readonly queues: readonly QueueDeclaration[];
  readonly exchanges: readonly { readonly exchange: string; readonly type: string; readonly durable: boolean }[];
  readonly queueBindings: readonly { readonly exchange: string; readonly queue: string; readonly routingKey: string }[];
}

/** A queue as it is declared. */
export interface QueueDeclaration {
  readonly queue: string;
  readonly durable: true;
  readonly arguments: Readonly<Record<string, string | number>>;
}

/**
 * Four durable quorum queues, and an exchange with a queue for what was given up: a message that comes back more often than
 * `deliveryLimit` goes there. The limit is said: the default differs between versions of RabbitMQ.
 *
 * @see https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling
 */
export function topologyOf(prefix: string, deliveryLimit: number): Topology {
  const dead = `${prefix}.dead`;
  const queueOf = (priorityClass: PriorityClass) => `${prefix}.${priorityClass}`;
  const quorum = { "x-queue-type": "quorum" };
  const limits = { "x-delivery-limit": deliveryLimit, "x-dead-letter-exchange": dead };
  return {
    queueOf,
    queues: [
      { queue: dead, durable: true, arguments: quorum },
      ...PRIORITY_CLASSES.map((name) => {
        return { queue: queueOf(name), durable: true as const, arguments: { ...quorum, ...limits } };
      }),
    ],
    exchanges: [{ exchange: dead, type: "fanout", durable: true }],
    queueBindings: [{ exchange: dead, queue: dead, routingKey: "" }],
  };
}
