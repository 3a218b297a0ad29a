export { memoryStores } from "./memory-stores.js";
export { memoryTokenCache } from "../token-cache.js";
