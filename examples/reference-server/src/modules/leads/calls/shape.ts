import type { ShowAddress } from "@recallkit/http";
import type * as z from "zod";
import type { CallResult } from "./call.js";
import type { callSchema } from "./schema.js";
import type { TaggedCall } from "./store.js";

/** A call in the form of answers, its number as the caller may see it. */
export function callShape({ call, tags }: TaggedCall, show: ShowAddress): z.input<typeof callSchema> {
  return {
    id: call.id,
    task_id: call.task_id,
    package_id: call.package_id,
    lead_id: call.lead_id,
    phone_number: call.phone_number === null ? null : show(call.phone_number),
    call_time: call.call_time,
    duration: call.duration,
    // Only results are written.
    result: call.result as CallResult,
    interested: call.is_interested === 1,
    notes: call.notes,
    customer_name: call.customer_name,
    company: call.company,
    agent: call.agent,
    tags: tags.map(({ id, call_id, tag_name, tag_value, tag_type, created_at }) => {
      return { id, call_id, tag_name, tag_value, tag_type, created_at };
    }),
    created_at: call.created_at,
    updated_at: call.updated_at,
  };
}
