import * as alerts from './sqlite-alerts.ts';
import * as books from './sqlite-books.ts';
import * as messaging from './sqlite-messaging.ts';
import * as orders from './sqlite-orders.ts';
import * as outages from './sqlite-outages.ts';
import * as payments from './sqlite-payments.ts';
import * as sales from './sqlite-sales.ts';

export const sqliteTables = { ...orders, ...payments, ...messaging, ...alerts, ...outages, ...books, ...sales };
