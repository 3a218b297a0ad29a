/** Loads everything that a kit loads with a first call: whoever moves a clock does not wait for code. */
export async function loadAllParts(): Promise<void> {
  await Promise.all([
    import("../kit/contact-calls.js"),
    import("../kit/coupon-kit.js"),
    import("../kit/customer-kit.js"),
    import("../kit/link-kit.js"),
    import("../kit/message-kit.js"),
    import("../kit/reconcile-first.js"),
    import("../kit/retention.js"),
    import("../kit/run-loops.js"),
    import("../kit/segment-kit.js"),
  ]);
}
