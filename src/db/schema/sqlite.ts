import * as alerts from './sqlite-alerts.ts';
import * as messaging from './sqlite-messaging.ts';
import * as orders from './sqlite-orders.ts';
import * as outages from './sqlite-outages.ts';
import * as payments from './sqlite-payments.ts';

export const sqliteTables = { ...orders, ...payments, ...messaging, ...alerts, ...outages };
