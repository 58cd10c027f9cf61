// Loaded into the program before anything else: the pipe on descriptor 3 ends with the engine, however that dies, and with it the
// program, which would otherwise wait for answers that never come and keep the live lock.
const { Socket } = require("node:net");

const engine = new Socket({ fd: 3, readable: true });
engine.on("error", () => process.exit(1));
engine.on("close", () => process.exit(1));
engine.resume();
engine.unref();
