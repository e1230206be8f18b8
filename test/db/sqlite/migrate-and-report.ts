// Run by the schema test as a process of its own: migrates the file and writes how many migrations it applied.
import { openDatabase } from '#db/database/open-database.ts';

const [file = ''] = process.argv.slice(2);
const database = await openDatabase({ target: { engine: 'sqlite', file } });
const { applied } = await database.migrate();
await database.close();
process.stdout.write(String(applied));
