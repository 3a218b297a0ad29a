// A stop signal counts from the first moment; the server brings its own handlers once its modules are read.
const stop = () => process.exit(0);
process.on("SIGTERM", stop).on("SIGINT", stop);

const { runServerProcess } = await import("./server-process.js");
process.off("SIGTERM", stop).off("SIGINT", stop);
await runServerProcess(process.argv.slice(2));

export {};
