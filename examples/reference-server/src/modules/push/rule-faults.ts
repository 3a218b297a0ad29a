import { ConflictError, InputError, type InputIssue, NotFoundError } from "@recallkit/core";
import { HttpError } from "@recallkit/http";

/** Where a part of a rule stands in a push. */
const PATHS: readonly (readonly [rule: RegExp, push: string])[] = [
  [/^slots\.(\d+)\.weekday$/, "weekDayPushTime.$1.week"],
  [/^slots(.*)$/, "weekDayPushTime$1"],
  [/^validFrom$/, "startDate"],
  [/^validTo$/, "endDate"],
  [/^content\.image$/, "img"],
  [/^content\.miniProgram\.title$/, "miniProgramTitle"],
  [/^content\.miniProgram\.image$/, "miniProgramImg"],
  [/^content\.miniProgram\.page$/, "miniProgramUrl"],
  [/^content\.miniProgram\.appId$/, "miniProgramTitle"],
  [/^content\.((link|video|file|attachments|senders?)(\..*)?)$/, "$1"],
  [/^content(\..*)?$/, "content"],
  [/^channels\.(\d+)$/, "fallback"],
  [/^channels?$/, "fallback"],
  [/^contents(\..*)?$/, "fallback"],
  [/^(fallBackAfterMs|expireAfterMs)$/, "fallbackAfterHours"],
  [/^segment\.lapse\.maxDays$/, "lastOrderDayLimit"],
  [/^segment\.lapse(\..*)?$/, "lastOrderDay"],
  [/^segment\.labels\.category(.*)$/, "cateLabels"],
  [/^segment\.labels\.(\w+)(.*)$/, "$1Labels"],
  [/^segment\.attributes(.*)$/, "attributes$1"],
  [/^segment\.saved$/, "segmentId"],
  [/^segment$/, "lastOrderDay"],
  [/^batchPauseMs$/, "batchPauseSeconds"],
  [/^alert(\..*)?$/, "alertFailureRate"],
  [/^addresses(.*)$/, "externalUserids$1"],
  [/^staff(.*)$/, "staffUserids$1"],
];

/**
 * Runs a call of the kit and rewrites its faults into the fields of a push.
 *
 * @throws {HttpError} 400 with the faults; 409 names the field `name`; 404 the field `id`
 */
export async function inPushTerms<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw pushError(error);
  }
}

function pushError(error: unknown): unknown {
  if (InputError.is(error)) {
    return new HttpError(400, error.code, { issues: error.issues.map(pushIssue), cause: error });
  }
  if (!(NotFoundError.is(error) || ConflictError.is(error))) return error;
  const path = FIELDS[error.code];
  const issues = path === undefined ? [] : [{ path, code: error.code, message: error.message }];
  return new HttpError(NotFoundError.is(error) ? 404 : 409, error.code, { issues, cause: error });
}

/** The field that an error of the whole call is about. */
const FIELDS: Readonly<Record<string, string>> = {
  "rule.not-found": "id",
  "rule.paused": "id",
  "rule.outside-validity": "id",
  "rule.name-taken": "name",
  "audience.changed": "expected",
  "channel.test-unavailable": "staffUserids",
};

/** An issue of a rule in the fields of a push. */
export function pushIssue(issue: InputIssue): InputIssue {
  const found = PATHS.find(([rule]) => rule.test(issue.path));
  return found ? { ...issue, path: issue.path.replace(...found) } : issue;
}
