// Starts the application of order-program.mjs; not part of the package.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Which application it is. */
export interface OrderProgram {
  readonly engine: "SQLite" | "PostgreSQL" | "MariaDB";
  readonly by: "Kysely" | "driver";
  readonly place: { readonly file: string } | { readonly url: string; readonly schema?: string };
  /** Whether it goes without `withTransaction`. @default false */
  readonly isNaive?: boolean;
}

/** What it does until it is killed. */
export interface OrderWork {
  /** Number of the first order. */
  readonly first: number;
  /** How many orders it writes before the one that it is killed at. */
  readonly whole: number;
  /** Point at which it stays. @default at none, it goes on */
  readonly stay?: string;
}

/** The application in a process of its own. */
export interface OrderProcess {
  /** Lets it work, and resolves when it has said that it is at a point of its last order. */
  reaches(work: OrderWork, point: string): Promise<void>;
  /** Kills it as `kill -9` does, and resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts it; it waits for its work. */
export function startOrders(program: OrderProgram): OrderProcess {
  const path = fileURLToPath(new URL("order-program.mjs", import.meta.url));
  const child = spawn(process.execPath, [path, JSON.stringify(program)], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once("close", (_, signal) => resolve(signal)));
  // One that has ended tells so by having no more lines.
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async reaches(work, point) {
      child.stdin.write(`${JSON.stringify(work)}\n`);
      const awaited = `${work.first + work.whole} ${point}`;
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`ended before "${awaited}"`);
        if (value === awaited) return;
      }
    },
    async kill() {
      child.kill("SIGKILL");
      const signal = await ended;
      if (signal !== "SIGKILL") throw new Error(`ended by ${signal ?? "itself"}`);
    },
  };
}
