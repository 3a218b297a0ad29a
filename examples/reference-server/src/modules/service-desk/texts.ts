import type { Texts } from "@recallkit/http";
import { DESK_REFUSALS } from "./refusals.js";

/** Texts of the errors of the service desk: its refusals in the same words. */
export const deskTexts: Texts = DESK_REFUSALS;
