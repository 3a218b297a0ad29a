import { type ErrorCode, type Logger, RecallKitError } from "@recallkit/core";
import { type Command, InvalidArgumentError } from "commander";
import type { DatabaseSetting } from "../config/database-url.js";
import { databaseOf } from "./database.js";
import type { CliIo, Say } from "./io.js";

/** Options that every command takes. */
interface GlobalOptions {
  readonly db?: string;
  readonly tenant: number;
  readonly json?: boolean;
}

/** What a command works with. */
export interface CommandContext {
  readonly io: CliIo;
  readonly say: Say;
  readonly tenantId: number;
  /** The answer is asked for as JSON. */
  readonly isJson: boolean;
  /** `--db` as it was given. */
  readonly databaseUrl: string | undefined;
  /** @throws {ConfigError} the database's address cannot be used */
  database(): DatabaseSetting;
  /** Prints the answer: one line of JSON, or the text for people where there is one. */
  answer(value: unknown, text?: () => string): void;
  /** Tells people something beside the answer. */
  note(text: string): void;
  /** Warnings and errors as notes. */
  readonly logger: Logger;
}

/** Turns work into what commander calls. */
export type Action = <A extends unknown[]>(
  work: (context: CommandContext, ...args: A) => Promise<void>,
) => (...args: [...A, Command]) => Promise<void>;

/** Adds one command to the program. */
export type AddCommand = (program: Command, parts: { readonly say: Say; readonly action: Action }) => void;

/**
 * The group of sub-commands of a name, made by whichever module asks first: several modules may add to one.
 *
 * @param description shown in the help; that of the first module stays
 */
export function commandGroup(program: Command, name: string, description: string): Command {
  return program.commands.find((one) => one.name() === name) ?? program.command(name).description(description);
}

/** Makes the wrapper of all commands. */
export function actions(io: CliIo, say: Say): Action {
  return <A extends unknown[]>(work: (context: CommandContext, ...args: A) => Promise<void>) =>
    async (...all: [...A, Command]) => {
      // Commander appends the command to the arguments; slicing a tuple loses its type.
      const command = all.at(-1) as Command;
      const args = all.slice(0, -1) as A;
      await work(contextOf(io, say, command.optsWithGlobals()), ...args);
    };
}

function contextOf(io: CliIo, say: Say, { db, tenant, json }: GlobalOptions): CommandContext {
  const note = (text: string) => {
    io.stderr.write(`${text}\n`);
  };
  const logLine: Logger["warn"] = (event, fields) => note(`${event} ${JSON.stringify(fields ?? {})}`);
  return {
    io,
    say,
    tenantId: tenant,
    isJson: json ?? false,
    databaseUrl: db,
    database: () => databaseOf(db, io.env),
    answer(value, text) {
      io.stdout.write(`${json || !text ? JSON.stringify(value) : text()}\n`);
    },
    note,
    logger: { debug() {}, info() {}, warn: logLine, error: logLine },
  };
}

/** Reads a whole number of an option. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`a whole number from ${least} to ${most} is expected.`);
  };
}

/** Reads an option with a test of its own. */
export function checkedText(isRight: (text: string) => boolean, expected: string): (text: string) => string {
  return (text) => {
    if (isRight(text)) return text;
    throw new InvalidArgumentError(`${expected} is expected.`);
  };
}

/** The command did its work, and the work says no: exit code 1. */
export function refusal(code: ErrorCode, message: string, hint?: string): RecallKitError {
  return new RecallKitError(code, message, hint === undefined ? {} : { hint });
}
