export { generateSampleShop, SAMPLE_CUSTOMERS, SAMPLE_ORDERS, type SampleShop } from "./generate-shop.js";
export { type LoadSampleShopOptions, loadSampleShop } from "./load-shop.js";
export {
  CARD_IMAGE,
  eventNotes,
  runSamplePush,
  SAMPLE_RULE_NAME,
  type SamplePushOptions,
  type SamplePushSummary,
} from "./sample-push.js";
export { runVirtualPush, type VirtualPush, type VirtualPushOptions } from "./virtual-push.js";
