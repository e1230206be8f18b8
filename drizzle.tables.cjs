// drizzle-kit takes the exports of a module for the tables; here all of one engine's are.
const { postgresKit, sqliteKit } = require('./src/db/schema/kit.ts');
const { buildTables } = require('./src/db/schema/tables.ts');

module.exports = buildTables(process.env['DATABASE_ENGINE'] === 'postgres' ? postgresKit() : sqliteKit());
