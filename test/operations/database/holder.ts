import { connectDatabase } from "../../../operations/database/connect.ts";
import { connect } from "../../../operations/live/docker.ts";

/** Holds a lock in an open transaction, with a query that runs, until it is killed. */
const client = await connectDatabase(connect(), {
  container: process.argv[2]!,
  database: "postgres",
  user: "postgres",
});
await client.query("begin; lock table held in access exclusive mode");
process.send?.("holding");
await client.query("select pg_sleep(600)");
