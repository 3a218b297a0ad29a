import { type Envelope, faultOf, faultSchema } from "@recallkit/http";
import * as z from "zod";

/** Errors as the document of pushes has them. */
export const pushEnvelope: Envelope = {
  contentType: "application/json",
  schemaName: "PushError",
  schema: z.strictObject({ success: z.literal(false), message: z.string(), errors: z.array(faultSchema) }),
  write: ({ message, issues }) => ({ success: false, message, errors: issues.map(faultOf) }),
};
