import { embeddedQueue } from "@recallkit/queue/embedded";

// With several processes: openRabbitmqQueue({ url: "amqp://…" }) of @recallkit/queue/rabbitmq.
const queue = embeddedQueue();
await queue.announce([
  { kind: "message", id: 1, priority: 1 },
  { kind: "message", id: 2, priority: 5 },
  { kind: "message", id: 3, priority: 10 },
]);
console.log(await queue.depth());

let left = 3;
await new Promise<void>((resolve) => {
  void queue.consume({
    concurrency: 1,
    // The row is looked up, worked on and committed; `done` acknowledges it.
    async handle({ kind, id, priorityClass }) {
      console.log(priorityClass, kind, id);
      left -= 1;
      if (left === 0) resolve();
      return "done";
    },
  });
});
await queue.close();
