import { describeContract } from '../contract/everything.ts';
import { openSqliteContract } from '../contract/sqlite.ts';

describeContract(openSqliteContract);
