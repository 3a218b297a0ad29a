/** Facts known before sending that a person should read. */
export interface PreviewWarning {
  readonly code: "label.unknown" | "content.no-marker" | "channel.missing" | "audience.empty";
  readonly message: string;
  /** What it is about, for example the labels that are unknown. */
  readonly detail?: string;
}
