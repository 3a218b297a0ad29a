/**
 * What a message is for. Marketing goes only with consent, in its hours and with a way to refuse; verification codes and
 * notices of service must not carry that way.
 */
export const MESSAGE_CLASSES = ["marketing", "service", "verification"] as const;
export type MessageClass = (typeof MESSAGE_CLASSES)[number];
