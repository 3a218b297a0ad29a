/** Codes of the errors that the server and its commands add to those of the packages. */
export type ServerErrorCode =
  | "api-key.not-found"
  | `auth.${"busy" | "locked" | "slowed" | "wrong-credentials"}`
  | "callback.refused"
  | "channel-account.not-found"
  | "copy.user-taken"
  | "doctor.missing"
  | "erasure.unconfirmed"
  | `import.${"column-ambiguous" | "column-missing" | "no-rejects" | "not-found" | "nothing-taken" | "turn-lost" | "unanswered" | "wrong-state"}`
  | "merge.unconfirmed"
  | "push.not-finished"
  | "session.not-found"
  | `user.${"last-admin" | "name-taken" | "not-found" | "shared"}`;
