export { loadSampleShop } from "./load-shop.js";
export { CARD_IMAGE, eventNotes, runSamplePush, SAMPLE_RULE_NAME, type SamplePushSummary } from "./sample-push.js";
export { runVirtualPush } from "./virtual-push.js";
