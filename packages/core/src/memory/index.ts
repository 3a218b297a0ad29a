export { memoryLeases } from "../leases.js";
export { memoryRateLimiter } from "../rate-limiter.js";
export { memoryTokenCache } from "../token-cache.js";
export { memoryWorkQueue } from "../work-queue.js";
export { memoryStores } from "./memory-stores.js";
