export type { ImageSource } from "../ports/image-source.js";
export { type FileSource, type FileSourceOptions, fileSource } from "./file-source.js";
export { type ImageSourceOptions, imageSource } from "./image-source.js";
export { isPublicAddress, publicLookup } from "./public-address.js";
export { type UndiciTransport, type UndiciTransportOptions, undiciTransport } from "./undici-transport.js";
export { type WebhookAlertsOptions, webhookAlerts } from "./webhook-alerts.js";
