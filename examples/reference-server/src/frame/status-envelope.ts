import type { Envelope } from "@recallkit/http";
import * as z from "zod";

/** Errors with the status as a text, as the login's document has them. */
export const statusEnvelope: Envelope = {
  contentType: "application/json",
  schemaName: "StatusError",
  schema: z.strictObject({
    status_code: z.string().describe("HTTP 状态码，字符串 / HTTP status as a string"),
    message: z.string(),
  }),
  write: ({ status, message }) => ({ status_code: String(status), message }),
};
