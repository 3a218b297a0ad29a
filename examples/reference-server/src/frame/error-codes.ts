/** Codes of the errors that the server and its commands add to those of the packages. */
export type ServerErrorCode =
  | "alert.not-found"
  | "api-key.not-found"
  | `auth.${"busy" | "foreign-page" | "locked" | "slowed" | "wrong-credentials"}`
  | `call.${"duration" | "interested" | "lead" | "not-found" | "phone" | "tag-twice"}`
  | "audience.changed"
  | "callback.refused"
  | "channel-account.not-found"
  | `claim.${"below_minimum" | "expired" | "not_redeemed" | "not_reserved" | "not_started" | "redeemed" | "reserved" | "reversed" | "unknown"}`
  | `config.${"exists" | "not-found" | "not-usable" | "stale-version" | "unknown-key"}`
  | "copy.user-taken"
  | `dial-task.${"ended" | "figures" | "has-children" | "not-found" | "period" | "wrong-state"}`
  | "desk-customer.not-found"
  | `desk-staff.${"left" | "no-user" | "not-found" | "taken"}`
  | `desk.${"forbidden" | "stale-version"}`
  | "dialer.missing"
  | "doctor.missing"
  | `equipment.${"not-found" | "serial-taken"}`
  | "erasure.unconfirmed"
  | "evidence.changed"
  | "group-bot.missing"
  | `import.${"column-ambiguous" | "column-missing" | "no-rejects" | "not-found" | "nothing-taken" | "turn-lost" | "unanswered" | "wrong-state"}`
  | "institution.not-found"
  | "knowledge.not-found"
  | `lead-package.${"has-children" | "not-found" | "valid-leads"}`
  | `lead.${"lease-lost" | "leased" | "not-found"}`
  | "merge.unconfirmed"
  | `message.${"backlog-full" | "too-many-recipients"}`
  | `projection.${"turn-lost" | "unavailable" | "unknown"}`
  | `project.${"not-found" | "wrong-stage"}`
  | "push.not-finished"
  | `rebuild.${"no-backup" | "refused" | "unconfirmed"}`
  | `recall-task.${"nobody-left" | "not-found"}`
  | `revisit-import.${"amount-mismatch" | "broken-json" | "duplicate-code" | "file-changed" | "future-date" | "no-folder" | "not-an-array" | "other-institution" | "phone" | "row-too-long" | "taken" | "total-mismatch" | "unknown-institution" | "unknown-item" | "unknown-record"}`
  | `revisit.${"not-found" | "not-waiting" | "run-failed" | "run-not-found"}`
  | "router-decision.not-found"
  | `script.${"no-text" | "not-found" | "not-reviewed"}`
  | `script-template.${"name-taken" | "not-found" | "too-many"}`
  | `script-word.${"not-found" | "taken" | "too-many"}`
  | "server.clock-differs"
  | "session.not-found"
  | "sidebar.missing"
  | "stream.unknown-topic"
  | `ticket.${"closed" | "merge" | "no-capacity" | "no-file" | "not-found" | "not-solved" | "rated" | "to-oneself"}`
  | "trends.too-long"
  | `user.${"last-admin" | "name-taken" | "not-found" | "shared"}`
  | `wechat-binding.${"decided" | "not-found"}`
  | `wechat-session.${"merge" | "no-channel" | "not-found" | "window-over"}`;
