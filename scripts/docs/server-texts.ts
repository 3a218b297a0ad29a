// The texts that the server answers with, of all modules and packages.
import { compose } from "@recallkit/http";
import { modules } from "../../examples/reference-server/src/app.ts";

export const { textsOf, codes: textCodes } = compose(modules).texts;
