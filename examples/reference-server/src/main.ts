import { runServerProcess } from "./server-process.js";

await runServerProcess(process.argv.slice(2));
