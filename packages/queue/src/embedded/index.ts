export { memoryWorkQueue as embeddedQueue } from "@recallkit/core/ports";
