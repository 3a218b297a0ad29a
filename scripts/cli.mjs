// `npm run -s cli -- <command>`: installs and builds what is missing (said on stderr), then becomes the command line.
import { prepareAndImport } from "./prepare.mjs";
import { root } from "./workspace.mjs";

// npm moves to the root of the checkout; file names are meant from where they were typed.
const typedIn = process.env.INIT_CWD;
const isStartedByNpm = ["cli", "demo"].includes(process.env.npm_lifecycle_event ?? "") && process.cwd() === root;
await prepareAndImport("examples/reference-server/dist/cli.js", isStartedByNpm ? typedIn : undefined);
