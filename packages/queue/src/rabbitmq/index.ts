export type { QueueErrorCode } from "../error-codes.js";
export { openRabbitmqQueue, type RabbitmqQueue, type RabbitmqQueueOptions } from "./rabbitmq-queue.js";
