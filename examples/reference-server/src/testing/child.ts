// A process of its own that works with the built packages, as a user's program would.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** A running process. */
export interface Child {
  /** The next line that it prints; undefined when it has ended. */
  line(): Promise<string | undefined>;
  /** Writes a line to its input. */
  tell(text: string): void;
  kill(signal: NodeJS.Signals): void;
  /** What ended it: an exit code, or the name of a signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

// What every program may use: `open` gives the stores of DATABASE_URL, `told` the next line of the input.
const PRELUDE = `
import { createInterface } from "node:readline";
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const told = async () => (await input.next()).value;
const say = (text) => process.stdout.write(text + "\\n");
async function open(migrate = true) {
  const url = process.env.DATABASE_URL;
  if (url.startsWith("sqlite:")) {
    const { sqliteStores } = await import("@recallkit/storage-adapters/sqlite");
    return sqliteStores({ file: url.slice("sqlite:".length), migrate });
  }
  if (url.startsWith("mysql:")) {
    const { mysqlStores } = await import("@recallkit/storage-adapters/mysql");
    return mysqlStores({ url, migrate });
  }
  const { postgresStores } = await import("@recallkit/storage-adapters/postgres");
  const place = new URL(url);
  const schema = place.searchParams.get("schema");
  place.search = "";
  return postgresStores({ url: place.href, schema, migrate });
}
`;

/** Runs a program; it is ended with the test. */
export function startChild(program: string, environment: Readonly<Record<string, string>>): Child {
  const child: ChildProcess = spawn(process.execPath, ["--input-type=module", "-e", PRELUDE + program], {
    // Where the packages are found.
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal ?? 1));
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  if (!child.stdout) throw new Error("the process has no output");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async line() {
      const { value, done } = await lines.next();
      return done ? undefined : value;
    },
    tell: (text) => void child.stdin?.write(`${text}\n`),
    kill: (signal) => void child.kill(signal),
    ended,
  };
}
