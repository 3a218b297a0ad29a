import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const STOPS = Number(process.env.STOPS ?? 5);
const CLIENTS = 16;
/** Answers before the stop, so that every client is busy. */
const WARM = 100;

/** Starts the built server. @returns once it answers */
async function startProcess(dataDir: string) {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, PORT: "0", DATA_DIR: dataDir, SAMPLE_DATA: "off", RATE_LIMITS: "off" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let printed = "";
  for await (const chunk of child.stdout) {
    printed += String(chunk);
    const url = /ready: (http:\S+)/.exec(printed)?.[1];
    if (url) return { child, url };
  }
  throw new Error(`the server ended before it was ready: ${printed}`);
}

interface Told {
  /** Status codes of answers. */
  readonly answers: number[];
  /** Codes of errors that are not the plain refusal of a server that has gone. */
  readonly cutOff: string[];
}

function ask(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/health`, { agent }, (response) => {
      response.resume();
      response.once("error", reject);
      response.once("end", () => resolve(response.statusCode ?? 0));
    });
    asked.once("error", reject);
    asked.end();
  });
}

/** Asks again and again, until nobody takes the connection any more. */
async function beBusy(url: string, keepAlive: boolean, { answers, cutOff }: Told, onAnswer: () => void): Promise<void> {
  const agent = new Agent({ keepAlive, maxSockets: 1 });
  try {
    for (;;) {
      answers.push(await ask(url, agent));
      onAnswer();
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (code !== "ECONNREFUSED") cutOff.push(code);
  } finally {
    agent.destroy();
  }
}

test.skipIf(!existsSync(main))(
  `${STOPS} stops by SIGTERM under ${CLIENTS} busy clients cut nobody off`,
  async () => {
    const told: Told = { answers: [], cutOff: [] };
    for (let stop = 0; stop < STOPS; stop += 1) {
      const dataDir = await mkdtemp(join(tmpdir(), "recallkit-stop-"));
      const { child, url } = await startProcess(dataDir);
      const exited = once(child, "exit");
      let left = WARM;
      const onAnswer = () => {
        left -= 1;
        if (left === 0) child.kill("SIGTERM");
      };
      const clients = Array.from({ length: CLIENTS }, (_, index) => beBusy(url, index % 2 === 0, told, onAnswer));
      await Promise.all(clients);
      expect(await exited).toEqual([0, null]);
      await rm(dataDir, { recursive: true });
    }
    expect(told.cutOff).toEqual([]);
    expect(told.answers.filter((status) => status !== 200)).toEqual([]);
    expect(told.answers.length).toBeGreaterThanOrEqual(STOPS * WARM);
  },
  60_000 + STOPS * 10_000,
);
