// Run by the durability test as a process of its own: appends without end, and writes each id once it was answered.
import { openDatabase } from '#db/database/open-database.ts';
import { sampleAudit } from '../contract/samples.ts';

const [file = ''] = process.argv.slice(2);
const database = await openDatabase({ target: { engine: 'sqlite', file } });

async function append(lane: number): Promise<void> {
  for (let count = 0; ; count += 1) {
    const id = `${process.pid}-${lane}-${count}`;
    await database.transaction((stores) => stores.audit.record(sampleAudit(id)));
    process.stdout.write(`${id}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, lane) => append(lane)));
