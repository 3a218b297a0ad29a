import * as z from "zod";

/** Environment variables of the login. */
export const authVariables = {
  BOOTSTRAP_USERNAME: z.string().max(255, { message: "is too long" }).optional(),
  BOOTSTRAP_PASSWORD: z.string().min(8, { message: "needs at least 8 characters" }).max(1024).optional(),
};
