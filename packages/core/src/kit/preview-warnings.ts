import type { AudienceSource } from "../audience/audience-source.js";
import type { CompiledSegment } from "../audience/compile-segment.js";
import { capabilityOf } from "../engine/channel-shelf.js";
import type { InputIssue } from "../errors.js";
import type { Channel } from "../ports/channel.js";
import type { MessageContent } from "../rule/content.js";
import type { PreviewWarning } from "../schedule/preview.js";

/** What a segment names and the merchant does not have. */
type Unknown = Pick<CompiledSegment, "unknownLabels" | "unknownAttributes" | "unknownCustomers" | "unknownChannels">;

/** What is odd about a source and the audience that it gives. */
export function warningsOf(
  source: AudienceSource,
  channel: Channel | undefined,
  preview: Unknown & { readonly count: number },
): readonly PreviewWarning[] {
  const content = contentOf(source);
  return [
    ...unknownWarnings(preview),
    ...(preview.count === 0 ? [{ code: "audience.empty" as const, message: "nobody is meant" }] : []),
    ...(!channel ? [{ code: "channel.missing" as const, message: "the channel is not configured" }] : []),
    ...(channel && content && capabilityOf(channel, content) === "none"
      ? [
          {
            code: "content.no-marker" as const,
            message: "without a link or a mini-program card a lost answer can't be cleared up",
          },
        ]
      : []),
  ];
}

/** What a segment names and the merchant does not have; it matches nobody. */
export function unknownWarnings(preview: Unknown): readonly PreviewWarning[] {
  const unknown = preview.unknownLabels.map(({ kind, key }) => `${kind}=${key}`).join(", ");
  return [
    ...(unknown
      ? [{ code: "label.unknown" as const, message: `the library does not know: ${unknown}`, detail: unknown }]
      : []),
    ...(preview.unknownAttributes.length > 0
      ? [
          {
            code: "attribute.unknown" as const,
            message: `no attribute of this name and type: ${preview.unknownAttributes.join(", ")}`,
            detail: preview.unknownAttributes.join(", "),
          },
        ]
      : []),
    ...(preview.unknownCustomers.length > 0
      ? [
          {
            code: "customer.unknown" as const,
            message: `${preview.unknownCustomers.length} of the listed people are not known`,
            detail: shortened(preview.unknownCustomers),
          },
        ]
      : []),
    ...(preview.unknownChannels.length > 0
      ? [
          {
            code: "segment.channel-unknown" as const,
            message: `no channel of this name is configured: ${preview.unknownChannels.join(", ")}`,
            detail: preview.unknownChannels.join(", "),
          },
        ]
      : []),
  ];
}

function shortened(keys: readonly string[]): string {
  return keys.length > 10 ? `${keys.slice(0, 10).join(", ")} and ${keys.length - 10} more` : keys.join(", ");
}

/** An obstacle to a content, as a warning. */
export function warningOf(obstacle: InputIssue): PreviewWarning {
  return { code: "content.obstacle", message: obstacle.message, detail: obstacle.path, obstacle };
}

/** What a source says to people; undefined: nothing. */
export function contentOf(source: AudienceSource): MessageContent | undefined {
  if ("definition" in source) return source.definition.content;
  return "content" in source ? source.content : undefined;
}
