import { ChannelError, RecallKitError } from "@recallkit/core";
import type { SendOutcome } from "@recallkit/core/ports";

/** The outcome that a failed call has for its receivers. @throws what proves that nothing was sent */
export function outcomeOf(error: unknown): SendOutcome {
  if (!ChannelError.is(error)) throw error;
  const { effect, providerCode } = error;
  const code = providerCode !== undefined && { providerCode };
  if (effect === "UNKNOWN") {
    const reason =
      providerCode === undefined
        ? RecallKitError.is(error.cause)
          ? error.cause.code
          : error.code
        : `errcode ${providerCode}`;
    return { kind: "unknown", reason };
  }
  if (effect === "RECIPIENT") return { kind: "refused", reason: "rejected_by_provider", ...code };
  if (effect === "QUOTA") return { kind: "refused", reason: "provider_quota", ...code };
  throw error;
}
