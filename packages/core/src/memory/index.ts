export { memoryTokenCache } from "../token-cache.js";
export { memoryStores } from "./memory-stores.js";
