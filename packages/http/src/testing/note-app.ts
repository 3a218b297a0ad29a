import { createRecallKit, type Logger, type RecallKit, silentLogger } from "@recallkit/core";
import { type RecallkitApp, type RecallkitAppOptions, recallkitApp } from "../recallkit-app.js";
import { noteModule } from "./note-module.js";

/** An app of notes over memory stores, and what it was seen to do. */
export interface NoteApp {
  readonly app: RecallkitApp;
  readonly kit: RecallKit;
  readonly written: string[];
  /** Lines of the log: level, event, fields as JSON. */
  readonly lines: string[];
  /** A POST of JSON below the base path. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

/** Everybody is the first tenant's `user:7` and may do everything, unless options say otherwise. */
export function noteApp(options: Partial<RecallkitAppOptions> = {}): NoteApp {
  const kit = createRecallKit({ logger: silentLogger });
  const written: string[] = [];
  const lines: string[] = [];
  const line = (level: string) => (event: string, fields?: object) => {
    lines.push(`${level} ${event} ${JSON.stringify(fields ?? {})}`);
  };
  const logger: Logger = { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
  const app = recallkitApp(kit, {
    modules: [noteModule(written)],
    authorize: () => ({ tenantId: 1, actor: "user:7", permissions: "all" }),
    logger,
    ...options,
  });
  const post: NoteApp["post"] = (path, body, headers = {}) =>
    app.fetch(
      new Request(`http://host${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      }),
    );
  return { app, kit, written, lines, post };
}
