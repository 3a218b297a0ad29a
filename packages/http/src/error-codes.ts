/** Codes of the errors that this package adds to those of core. */
export type HttpErrorCode =
  | `auth.${"forbidden" | "malformed-caller" | "required" | "unavailable"}`
  | `http.${
      | "body-consumed"
      | "body-too-deep"
      | "body-too-large"
      | "malformed"
      | "malformed-json"
      | "malformed-row"
      | "malformed-text"
      | "method-not-allowed"
      | "not-found"
      | "too-many-entries"
      | "too-many-requests"
      | "too-many-rows"
      | "unsupported-media-type"}`
  | `idempotency.${"mismatch" | "outcome-unknown" | "running"}`;
