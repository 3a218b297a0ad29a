import type { RecallKitError } from "@recallkit/core";
import { fileError, systemCode } from "./import-error.js";

/** True when there was no room for what was written. */
export function isDiskFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT", "EFBIG"].includes(systemCode(error));
}

/** `import.disk-full`. @param what can't be written, and where */
export function diskFull(what: string, cause: unknown): RecallKitError {
  return fileError("import.disk-full", `the disk is full: ${what}`, {
    cause,
    hint: "make room there, or name another folder for temporary files (TMPDIR)",
  });
}
