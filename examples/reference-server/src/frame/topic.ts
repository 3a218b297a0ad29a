import type { InputIssue } from "@recallkit/core";
import type { Caller, HttpContext } from "@recallkit/http";
import type { ServerContext } from "./context.js";
import type { Session } from "./session.js";

/** Who follows a topic. */
export interface TopicCall<C extends HttpContext = ServerContext, S extends Caller = Session> {
  readonly context: C;
  readonly session: S;
  /** The text of an issue in the language that was asked for. */
  readonly tell: (issue: InputIssue) => string;
}

/** A state that `/api/stream` tells whenever it changed, as a module has it. */
export interface Topic<C extends HttpContext = ServerContext, S extends Caller = Session> {
  /** The permission that it takes. */
  readonly needs: string;
  /** What it tells, for people, Chinese first. */
  readonly summary: string;
  /** What stands behind the colon, as in `occurrence:98`. @default nothing: there is one of it */
  readonly of?: "number" | "name";
  /**
   * Begins to follow it.
   *
   * @param of what stands behind the colon; of `number` it is a whole number from 1
   * @returns looks at it: all that it is now, never what was added, in the form of its own route.
   *   @throws {NotFoundError} there is none, or no longer
   */
  open(call: TopicCall<C, S>, of: string): () => Promise<object>;
}
