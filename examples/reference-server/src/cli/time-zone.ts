import { isTimeZone } from "@recallkit/core/ports";
import { checkedText } from "./command.js";

/** Reads `--tz`. */
export const timeZone = checkedText(isTimeZone, "an IANA time zone such as Asia/Shanghai");
